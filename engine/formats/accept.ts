import { formats } from './index.ts';

interface Range {
  readonly mime: string;
  readonly q: number;
}

/** RFC 9110, 12.5.1; a weight that is no number counts as 1. */
function rangeOf(text: string): Range {
  const [mime = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const weight = q === undefined || q === '' ? 1 : Number(q);
  return { mime, q: Number.isNaN(weight) ? 1 : weight };
}

/** Where a client likes several equally: the smallest files first. */
const liked = ['image/avif', 'image/webp', 'image/jxl', 'image/png', 'image/apng', 'image/jpeg', 'image/gif'];
const rank = (mime: string): number => (liked.includes(mime) ? liked.indexOf(mime) : liked.length);

/**
 * Names of the formats that an `Accept` header names, best first: for `type=auto`.
 * Wildcards say nothing of what a client can show, so they name none.
 */
export function acceptedFormats(accept: string | undefined): readonly string[] {
  const ranges = (accept ?? '').split(',').map(rangeOf);
  const taken = ranges
    .map(({ mime, q }) => ({ mime: mime === 'image/jpg' ? 'image/jpeg' : mime, q }))
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q || rank(a.mime) - rank(b.mime));
  return taken.flatMap(({ mime }) => formats.find((format) => format.mime === mime)?.name ?? []);
}
