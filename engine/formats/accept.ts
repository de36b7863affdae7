import { formats } from './index.ts';

interface Range {
  readonly mime: string;
  readonly q: number;
}

/** RFC 9110, 12.5.1; a weight that is not a number counts as 1. */
function rangeOf(text: string): Range {
  const [mime = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const weight = q === undefined || q === '' ? 1 : Number(q);
  return { mime, q: Number.isNaN(weight) ? 1 : weight };
}

/** Formats that web pages show, in the order of preference: usually the smallest files first. */
export const webFormats: readonly string[] = ['avif', 'webp', 'jxl', 'png', 'apng', 'jpeg', 'gif', 'svg'];

const nameOf = (mime: string): string | undefined => formats.find((format) => format.mime === mime)?.name;

/** The place of a type in the order of preference, which decides between types of the same weight. */
function rankOf(mime: string): number {
  const rank = webFormats.indexOf(nameOf(mime) ?? '');
  return rank === -1 ? webFormats.length : rank;
}

/**
 * The formats that an `Accept` header names, best first: for `type=auto`.
 * A wildcard does not tell which formats a client can show, so it adds none.
 */
export function acceptedFormats(accept: string | undefined): readonly string[] {
  const ranges = (accept ?? '').split(',').map(rangeOf);
  const accepted = ranges
    .map(({ mime, q }) => ({ mime: mime === 'image/jpg' ? 'image/jpeg' : mime, q }))
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q || rankOf(a.mime) - rankOf(b.mime));
  return accepted.flatMap(({ mime }) => nameOf(mime) ?? []);
}
