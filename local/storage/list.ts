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

/** Cloud Storage orders names by UTF-8 bytes, not by UTF-16 units. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const encodeToken = (entry: string) => Buffer.from(entry).toString('base64url');
const decodeToken = (token: string) => Buffer.from(token, 'base64url').toString();

/** One page of `names`, which are in byte order. Counts objects and common prefixes together. */
export function pageOf(
  names: readonly string[],
  find: (name: string) => StoredObject,
  options: ListOptions,
): Page {
  const after = options.pageToken === undefined ? undefined : decodeToken(options.pageToken);
  const items: StoredObject[] = [];
  const prefixes: string[] = [];
  let last = '';
  for (const name of names) {
    if (!isWanted(name, options)) continue;
    const folder = folderOf(name, options);
    const entry = folder ?? name;
    if (after !== undefined && byBytes(entry, after) <= 0) continue;
    if (entry === prefixes.at(-1)) continue;
    if (items.length + prefixes.length === options.maxResults) {
      return { items, prefixes, nextPageToken: encodeToken(last) };
    }
    last = entry;
    if (folder === undefined) items.push(find(name));
    else prefixes.push(folder);
  }
  return { items, prefixes };
}

function isWanted(name: string, { prefix, startOffset, endOffset }: ListOptions): boolean {
  if (!name.startsWith(prefix)) return false;
  if (startOffset && byBytes(name, startOffset) < 0) return false;
  return !(endOffset && byBytes(name, endOffset) >= 0);
}

/** The common prefix that covers `name`, if any. */
function folderOf(name: string, { prefix, delimiter }: ListOptions): string | undefined {
  const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
  return cut < 0 ? undefined : name.slice(0, cut + delimiter.length);
}
