import { unescapeBytes } from '../../common/escapes.ts';

/** One name and value of a query, decoded. Every character is one byte: text is UTF-8 still encoded. */
export type Pair = readonly [name: string, value: string];

/** A query string as Go's net/url reads it: the first of several values counts. */
export interface Query {
  readonly pairs: readonly Pair[];
  /** First values by name, as text. */
  readonly texts: ReadonlyMap<string, string>;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range.
const ascii = /^[\x00-\x7f]*$/;

/** Bytes (a character each) as the text they encode; what is not UTF-8 becomes U+FFFD. */
export const textOf = (bytes: string): string =>
  ascii.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');

/** The pairs of a raw query; one with `;` or a broken escape is dropped, as Go does. */
export function readPairs(raw: string): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const piece of raw.split('&')) {
    if (piece === '' || piece.includes(';')) continue;
    const at = piece.indexOf('=');
    const name = unescapeBytes(at === -1 ? piece : piece.slice(0, at));
    const value = unescapeBytes(at === -1 ? '' : piece.slice(at + 1));
    if (name !== undefined && value !== undefined) pairs.push([name, value]);
  }
  return pairs;
}

export function readQuery(raw: string): Query {
  const pairs = readPairs(raw);
  const texts = new Map<string, string>();
  for (const [name, value] of pairs) {
    const key = textOf(name);
    if (!texts.has(key)) texts.set(key, textOf(value));
  }
  return { pairs, texts };
}

/** The query of a request's target. */
export function queryOf(url: string): Query {
  const at = url.indexOf('?');
  return readQuery(at === -1 ? '' : url.slice(at + 1));
}
