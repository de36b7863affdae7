import { unescapeBytes } from '../../common/escapes.ts';
import { Problem } from '../../common/problem.ts';

/** One name and value of a query, unescaped. Every character is one byte of UTF-8. */
export type Pair = readonly [name: string, value: string];

/** A query string as Go's net/url reads it: of several values the first one counts. */
export interface Query {
  readonly pairs: readonly Pair[];
  /** First values by name, as text. */
  readonly texts: ReadonlyMap<string, string>;
  /** Names with several values that differ. */
  readonly ambiguous: readonly string[];
  /** Names that may belong to the query of an address in front of them, because the address is not escaped. */
  readonly strays?: ReadonlySet<string>;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range.
const ascii = /^[\x00-\x7f]*$/;

/** Decodes UTF-8 that was read as one character for each byte; invalid bytes become U+FFFD. */
export const decodeText = (bytes: string): string =>
  ascii.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');

/** The pairs of a raw query. Drops pairs with `;` or an invalid escape, as Go does. */
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

/** A parameter that is an address with a query of its own, not escaped: what follows it may be part of that. */
const openAddress = /(?:^|&)url=[^&]*\?[^&]*/;

/** The names behind an address that is not escaped. */
function straysOf(raw: string): ReadonlySet<string> | undefined {
  const found = openAddress.exec(raw);
  if (found === null) return undefined;
  const behind = readPairs(raw.slice(found.index + found[0].length));
  return new Set(behind.map(([name]) => decodeText(name)));
}

/** The first value of each name, and the names of which another value follows. */
export function firstValues(pairs: Iterable<Pair>) {
  const fields = new Map<string, string>();
  const others = new Set<string>();
  for (const [name, text] of pairs) {
    const first = fields.get(name);
    if (first === undefined) fields.set(name, text);
    else if (first !== text) others.add(name);
  }
  return { fields, ambiguous: [...others] };
}

/** @throws Problem `invalid_param` for a name with different values. */
export function checkOneEach({ ambiguous: [name] }: Pick<Query, 'ambiguous'>): void {
  if (name !== undefined) throw new Problem('invalid_param', `${name}: expected one value, got several`);
}

/** `hasStrays`: an address that is not escaped may have a query of its own. */
export function readQuery(raw: string, { hasStrays = true } = {}): Query {
  const pairs = readPairs(raw);
  const { fields: texts, ambiguous } = firstValues(
    pairs.map(([name, value]) => [decodeText(name), decodeText(value)]),
  );
  const strays = hasStrays ? straysOf(raw) : undefined;
  return { pairs, texts, ambiguous, ...(strays ? { strays } : {}) };
}

/** The query of a request's target. */
export function queryOf(url: string): Query {
  const at = url.indexOf('?');
  return readQuery(at === -1 ? '' : url.slice(at + 1));
}
