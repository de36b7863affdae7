import { type Frame, frameUrl } from './frame.ts';
import type { Parameters } from './tables.ts';

export interface UnpicOptions {
  /** Address of the service. */
  readonly url: string;
}

/** Parameters of a URL that a new frame replaces, or that no longer fit it. */
const replaced: readonly string[] = ['file', 'url', 'width', 'height', 'type', 'quality', 'sign', 'expires'];

/** A transformer for unpic: the URL of a picture of the service, or of a picture that is of the service already. */
export const createTransformer =
  ({ url }: UnpicOptions): ((src: string | URL, operations: Frame) => string) =>
  (src: string | URL, operations: Frame): string => {
    const { source, frame, more } = extract(url, String(src)) ?? { source: String(src), frame: {}, more: {} };
    return frameUrl(url, source, { ...frame, ...operations }, more);
  };

interface Extracted {
  readonly source: string;
  readonly frame: Frame;
  /** All other parameters. */
  readonly more: Parameters;
}

/** What a URL of the service says; undefined for other URLs. */
function extract(url: string, src: string): Extracted | undefined {
  if (!src.startsWith(`${url.replace(/\/+$/, '')}/`)) return undefined;
  const query = new URLSearchParams(src.split(/\?(.*)/s, 2)[1]);
  const source = query.get('file') ?? query.get('url');
  const read = (name: string): string | undefined => query.get(name) ?? undefined;
  const frame = {
    width: read('width'),
    height: read('height'),
    format: read('type'),
    quality: read('quality'),
  };
  const others = [...query].filter(([name]) => !replaced.includes(name));
  return source ? { source, frame, more: Object.fromEntries(others) } : undefined;
}
