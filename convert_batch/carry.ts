import { Problem } from '../common/problem.ts';
import { inputFormat } from '../engine/catalog.ts';
import type { Carried } from './job.ts';
import type { PlanSettings } from './plan_fields.ts';
import type { SourceObject } from './source.ts';

/** Metadata that is an order to us, or a fact of ours; never carried over. */
const ours = /^(formats|name|sizes|params(-.*)?|cache-control|traceparent|door|mode|(source|replaced)-.*)$/;

const maxHeaderCharacters = 1000;

/** The word of gsutil and gcloud about bytes that they have packed: it says nothing about an output. */
function withoutTransform(header: string | undefined): string | undefined {
  const words = header?.split(',').map((word) => word.trim()) ?? [];
  return words.filter((word) => word !== '' && word.toLowerCase() !== 'no-transform').join(', ') || undefined;
}

/** A file name in it gets the output's extension. */
const renamed = (disposition: string, format: string): string =>
  disposition.replace(/(filename\*?=[^;]*)\.(\w+)("?\s*)(?=;|$)/gi, (whole, start, word, end) =>
    inputFormat(word) ? `${start}.${format}${end}` : whole,
  );

/** What an output of this format takes over from its source. */
export function carriedBy(object: SourceObject, format: string, { CARRY_METADATA }: PlanSettings): Carried {
  const { metadata, contentDisposition, contentLanguage } = object;
  const names = CARRY_METADATA.map((name) => name.toLowerCase());
  const kept = Object.entries(metadata).filter(
    ([name]) => !ours.test(name) && (names.includes(name) || names.includes('*')),
  );
  const cacheControl = metadata['cache-control']?.trim() || withoutTransform(object.cacheControl);
  return {
    ...(cacheControl ? { cacheControl } : {}),
    ...(contentDisposition ? { contentDisposition: renamed(contentDisposition, format) } : {}),
    ...(contentLanguage ? { contentLanguage } : {}),
    ...(kept.length > 0 ? { metadata: Object.fromEntries(kept) } : {}),
  };
}

/** @throws Problem `invalid_param` when metadata `cache-control` cannot be a header. */
export function checkCacheControl({ metadata }: SourceObject): void {
  const text = metadata['cache-control'] ?? '';
  if (/^[\x20-\x7e]*$/.test(text) && text.length <= maxHeaderCharacters) return;
  const got = JSON.stringify(text.slice(0, 80));
  throw new Problem(
    'invalid_param',
    `cache-control: expected a header such as public, max-age=60, got ${got}`,
  );
}
