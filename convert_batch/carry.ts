import { Problem } from '../common/problem.ts';
import { inputFormat } from '../engine/catalog.ts';
import type { Carried } from './job.ts';
import type { PlanSettings } from './plan_fields.ts';
import type { SourceObject } from './source.ts';

/** Metadata with a meaning for imagetx: outputs never take it over. */
const ownKeys =
  /^(formats|name|sizes|presets|placeholder(-.*)?|params(-.*)?|cache-control|traceparent|door|mode|(source|replaced)-.*)$/;

const maxHeaderCharacters = 1000;

/** Removes `no-transform`, which gsutil and gcloud set for compressed uploads: it does not apply to outputs. */
function removeNoTransform(header: string | undefined): string | undefined {
  const words = header?.split(',').map((word) => word.trim()) ?? [];
  return words.filter((word) => word !== '' && word.toLowerCase() !== 'no-transform').join(', ') || undefined;
}

/** Replaces the extension of a file name by the output's. */
const replaceExtension = (disposition: string, format: string): string =>
  disposition.replace(/(filename\*?=[^;]*)\.(\w+)("?\s*)(?=;|$)/gi, (whole, start, word, end) =>
    inputFormat(word) ? `${start}.${format}${end}` : whole,
  );

/** The headers and metadata that an output of this format takes over from its source. */
export function carryOver(object: SourceObject, format: string, { CARRY_METADATA }: PlanSettings): Carried {
  const { metadata, contentDisposition, contentLanguage } = object;
  const names = CARRY_METADATA.map((name) => name.toLowerCase());
  const kept = Object.entries(metadata).filter(
    ([name]) => !ownKeys.test(name) && (names.includes(name) || names.includes('*')),
  );
  const cacheControl = metadata['cache-control']?.trim() || removeNoTransform(object.cacheControl);
  return {
    ...(cacheControl ? { cacheControl } : {}),
    ...(contentDisposition ? { contentDisposition: replaceExtension(contentDisposition, format) } : {}),
    ...(contentLanguage ? { contentLanguage } : {}),
    ...(kept.length > 0 ? { metadata: Object.fromEntries(kept) } : {}),
  };
}

/** @throws Problem `invalid_param` when the metadata `cache-control` is not a valid header. */
export function checkCacheControl({ metadata }: SourceObject): void {
  const text = metadata['cache-control'] ?? '';
  if (/^[\x20-\x7e]*$/.test(text) && text.length <= maxHeaderCharacters) return;
  const got = JSON.stringify(text.slice(0, 80));
  throw new Problem(
    'invalid_param',
    `cache-control: expected a header such as public, max-age=60, got ${got}`,
  );
}
