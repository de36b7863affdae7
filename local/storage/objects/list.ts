import type { StoredObject } from './object.ts';

/** A page of a listing; `token` continues after the last entry, an object or a prefix. */
export type Page = {
  readonly items: readonly StoredObject[];
  readonly prefixes: readonly string[];
  readonly nextPageToken?: string;
};

export type ListOptions = {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
  /** First name (inclusive) and last name (exclusive). */
  readonly startOffset?: string | undefined;
  readonly endOffset?: string | undefined;
};

const surrogate = /[\ud800-\udfff]/;

/** Cloud Storage orders names by UTF-8 bytes. UTF-16 units have the same order, except for surrogates. */
export function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  if (surrogate.test(a) || surrogate.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** Index of the first name that is not before `bound`. */
export function lowerBound(names: readonly string[], bound: string, from = 0): number {
  let [low, high] = [from, names.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byBytes(names[middle] as string, bound) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** After every name that begins with the text. */
const endOf = (start: string): string => `${start}\u{10ffff}`;

const encodeToken = (entry: string) => Buffer.from(entry).toString('base64url');
const decodeToken = (token: string) => Buffer.from(token, 'base64url').toString();

const largest = (texts: readonly string[]): string =>
  texts.reduce((most, text) => (byBytes(text, most) > 0 ? text : most));

/**
 * One page of `names`, which are in byte order. Counts objects and common prefixes together. Costs as much as the page
 * is long, wherever it begins.
 */
export function pageOf(
  names: readonly string[],
  find: (name: string) => StoredObject,
  options: ListOptions,
): Page {
  const { prefix, startOffset = '', endOffset, pageToken } = options;
  const after = pageToken === undefined ? undefined : decodeToken(pageToken);
  const items: StoredObject[] = [];
  const prefixes: string[] = [];
  let last = '';
  let at = lowerBound(names, largest([prefix, startOffset, after ?? '']));
  while (at < names.length) {
    const name = names[at] as string;
    if (!name.startsWith(prefix) || (endOffset && byBytes(name, endOffset) >= 0)) break;
    const folder = folderOf(name, options);
    const entry = folder ?? name;
    at = folder === undefined ? at + 1 : lowerBound(names, endOf(folder), at + 1);
    if (after !== undefined && byBytes(entry, after) <= 0) continue;
    if (items.length + prefixes.length === options.maxResults) {
      return { items, prefixes, nextPageToken: encodeToken(last) };
    }
    last = entry;
    if (folder === undefined) items.push(find(name));
    else prefixes.push(folder);
  }
  return { items, prefixes };
}

/** The common prefix that covers `name`, if any. */
function folderOf(name: string, { prefix, delimiter }: ListOptions): string | undefined {
  const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
  return cut < 0 ? undefined : name.slice(0, cut + delimiter.length);
}
