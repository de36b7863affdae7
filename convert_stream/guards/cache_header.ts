import type { Guard, GuardedExchange } from '../http/exchange.ts';

const noStore = 'private, no-cache, no-store, must-revalidate';

/** Paths that are never cached. Imaginary caches them below a prefix, and so does this service. */
const uncached = new Set(['/', '/health', '/form']);

const isCached = ({ req, path }: GuardedExchange): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') && !uncached.has(path);

/** Seconds that an answer may be cached: not longer than its signed URL is valid. */
function secondsFor({ query }: Pick<GuardedExchange, 'query'>, ttl: number, nowMs: number): number {
  const expires = Number(query.texts.get('expires') ?? Number.NaN);
  return Number.isNaN(expires) ? ttl : Math.max(0, Math.min(ttl, Math.floor(expires - nowMs / 1000)));
}

/** Sets how long answers may be cached: `ttl` seconds, as HTTP_CACHE_TTL says; 0: not at all. */
export const cacheGuard =
  (ttl: number, now: () => number): Guard =>
  (exchange) => {
    if (!isCached(exchange)) return undefined;
    const seconds = secondsFor(exchange, ttl, now());
    const header = seconds === 0 ? noStore : `public, s-maxage=${seconds}, max-age=${seconds}, no-transform`;
    exchange.res.setHeader('cache-control', header);
    exchange.res.setHeader('expires', new Date(now() + seconds * 1000).toUTCString());
    return undefined;
  };

const lifetime = /\b(s-maxage|max-age)\s*=\s*"?(\d+)"?/gi;
/** Directives that let a cache use an answer for longer. */
const longer = /,?\s*\b(?:stale-[\w-]+\s*=\s*"?\d*"?|immutable)/gi;

/** The cache header of an original, where the signed URL is not valid for as long. */
export function limitedToUrl(
  header: string,
  exchange: Pick<GuardedExchange, 'query'>,
  nowMs = Date.now(),
): string {
  const left = secondsFor(exchange, Number.POSITIVE_INFINITY, nowMs);
  if (left === Number.POSITIVE_INFINITY) return header;
  return header
    .replace(lifetime, (_, name: string, seconds: string) => `${name}=${Math.min(Number(seconds), left)}`)
    .replace(longer, '');
}

/** Keeps errors out of caches. */
export function preventCaching({ res }: GuardedExchange): void {
  if (!res.hasHeader('cache-control')) return;
  res.setHeader('cache-control', 'no-store');
  res.removeHeader('expires');
}
