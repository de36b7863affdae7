import type { Guard, Visit } from '../http/exchange.ts';

const never = 'private, no-cache, no-store, must-revalidate';

/** Paths that are never cached; with a prefix they are, as ever. */
const uncached = new Set(['/', '/health', '/form']);

const isCached = ({ req, path }: Visit): boolean =>
  (req.method === 'GET' || req.method === 'HEAD') && !uncached.has(path);

/** Seconds that an answer may be kept: not longer than its signed URL is good for. */
function secondsFor({ query }: Visit, ttl: number, nowMs: number): number {
  const expires = Number(query.texts.get('expires') ?? Number.NaN);
  return Number.isNaN(expires) ? ttl : Math.max(0, Math.min(ttl, Math.floor(expires - nowMs / 1000)));
}

/** How long answers may be kept, as HTTP_CACHE_TTL says: `ttl` in seconds, 0 for not at all. */
export const cacheGuard =
  (ttl: number, now: () => number): Guard =>
  (visit) => {
    if (!isCached(visit)) return undefined;
    const seconds = secondsFor(visit, ttl, now());
    const header = seconds === 0 ? never : `public, s-maxage=${seconds}, max-age=${seconds}, no-transform`;
    visit.res.setHeader('cache-control', header);
    visit.res.setHeader('expires', new Date(now() + seconds * 1000).toUTCString());
    return undefined;
  };

/** An error is not an answer to keep. */
export function uncache({ res }: Visit): void {
  if (!res.hasHeader('cache-control')) return;
  res.setHeader('cache-control', 'no-store');
  res.removeHeader('expires');
}
