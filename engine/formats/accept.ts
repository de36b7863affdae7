import { acceptRanges } from '../../common/accept.ts';
import { formats } from './index.ts';

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
  const ranges = acceptRanges(accept);
  const accepted = ranges
    .map(({ mime, q }) => ({ mime: mime === 'image/jpg' ? 'image/jpeg' : mime, q }))
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q || rankOf(a.mime) - rankOf(b.mime));
  return accepted.flatMap(({ mime }) => nameOf(mime) ?? []);
}
