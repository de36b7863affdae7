import type { Fetched } from '../sources/remote/fetch.ts';

/** What a server says about keeping its answer. */
export type CacheHeaders = Pick<Fetched, 'cacheControl' | 'expires' | 'date' | 'age'>;

const directive = /([\w-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;]*)))?/g;

/** The directives of a Cache-Control header (RFC 9111, 5.2), in lower case; of several the first one counts. */
function directivesOf({ cacheControl = '' }: CacheHeaders): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', quoted, plain = ''] of cacheControl.toLowerCase().matchAll(directive))
    if (!found.has(name)) found.set(name, quoted ?? plain);
  return found;
}

/** Seconds; a text that is no number of seconds counts as none (RFC 9111, 4.2.1). */
const secondsIn = (text: string): number => (/^\d+$/.test(text) ? Number(text) : 0);

/** Seconds from the answer until `Expires`; what is no date of HTTP is in the past. */
function secondsUntil(expires: string, date: string | undefined, nowMs: number): number {
  if (!expires.endsWith(' GMT')) return 0;
  const seconds = (Date.parse(expires) - (Date.parse(date ?? '') || nowMs)) / 1000;
  return Number.isNaN(seconds) ? 0 : seconds;
}

/** Whether an answer may be kept at all: what is `private` is for one client, `no-store` for once. */
export function mayKeep(headers: CacheHeaders): boolean {
  const directives = directivesOf(headers);
  return !directives.has('no-store') && !directives.has('private');
}

/** Whether the server says for how long its answer may be used. */
export const saysHowLong = ({ cacheControl, expires }: CacheHeaders): boolean =>
  cacheControl !== undefined || expires !== undefined;

/** How long an answer may be used without asking again, as a shared cache reads it, and at most `mostMs`. */
export function freshMsOf(headers: CacheHeaders, mostMs: number, nowMs: number): number {
  const directives = directivesOf(headers);
  if (directives.has('no-cache')) return 0;
  const { expires, date, age = '' } = headers;
  const maxAge = directives.get('s-maxage') ?? directives.get('max-age');
  if (maxAge === undefined && expires === undefined) return mostMs;
  const seconds = maxAge === undefined ? secondsUntil(expires ?? '', date, nowMs) : secondsIn(maxAge);
  return Math.max(0, Math.min(mostMs, (seconds - secondsIn(age)) * 1000));
}
