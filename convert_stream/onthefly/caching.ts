import type { Exchange, Guard } from './exchange.ts';

const never = 'private, no-cache, no-store, must-revalidate';

/** Paths that are never cached; with a prefix they are, as ever. */
const uncached = new Set(['/', '/health', '/form']);

const isCached = ({ req, path }: Exchange): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') && !uncached.has(path);

/** How long answers may be kept, as HTTP_CACHE_TTL says: `ttl` in seconds, 0 for not at all. */
export function cacheGuard(ttl: number, now: () => number): Guard {
  const header = ttl === 0 ? never : `public, s-maxage=${ttl}, max-age=${ttl}, no-transform`;
  return (exchange) => {
    if (!isCached(exchange)) return undefined;
    exchange.res.setHeader('cache-control', header);
    exchange.res.setHeader('expires', new Date(now() + ttl * 1000).toUTCString());
    return undefined;
  };
}

/** An error is not an answer to keep. */
export function uncache({ res }: Exchange): void {
  if (!res.hasHeader('cache-control')) return;
  res.setHeader('cache-control', 'no-store');
  res.removeHeader('expires');
}
