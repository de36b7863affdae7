import { buffer } from 'node:stream/consumers';
import { type CacheEntry, type createLruCache, freshnessOf } from './cache.ts';
import type { BucketOrigin, OriginAnswer } from './origin.ts';
import { cdnPolicy, lifetimeOf } from './policy.ts';

/** A cached response, or one that is not cacheable, which only the request that fetched it can pass on. */
export type Filled =
  | { readonly kind: 'entry'; readonly entry: CacheEntry; readonly isRevalidated: boolean }
  | { readonly kind: 'through'; readonly answer: OriginAnswer };

type Options = {
  readonly origin: BucketOrigin;
  readonly cache: ReturnType<typeof createLruCache>;
  readonly now: () => number;
};

/**
 * Fetches into the cache, one fetch per key at a time. Requests that wait for another request's fetch get its entry, or
 * undefined when the response was not cacheable and they have to fetch it themselves.
 */
export function createFiller({ origin, cache, now }: Options) {
  const running = new Map<string, Promise<Filled>>();

  async function fetchInto(key: string, path: string): Promise<Filled> {
    const old = cache.get(key);
    const etag = old?.headers.etag;
    const answer = await origin.fetch(path, 'GET', etag === undefined ? {} : { 'if-none-match': etag });
    if (answer.status === 304 && old) {
      await answer.discard();
      const entry = keep(key, { ...old, headers: { ...old.headers, ...answer.headers } });
      return { kind: 'entry', entry, isRevalidated: true };
    }
    const isSmall =
      Number(answer.headers['content-length'] ?? Number.POSITIVE_INFINITY) <= cdnPolicy.maxEntryBytes;
    if (!isSmall || lifetimeOf(answer.status, answer.headers, now()) === undefined) {
      if (answer.status < 500) cache.delete(key);
      return { kind: 'through', answer };
    }
    const { status, headers, body } = answer;
    const entry = keep(key, { status, headers, body: await buffer(body) });
    return { kind: 'entry', entry, isRevalidated: false };
  }

  function keep(
    key: string,
    { status, headers, body }: Pick<CacheEntry, 'status' | 'headers' | 'body'>,
  ): CacheEntry {
    const lifetime = lifetimeOf(status, headers, now()) ?? { ttl: 0, stale: 0 };
    const entry = { status, headers, body, storedAt: now(), lifetime };
    cache.set(key, entry);
    return entry;
  }

  return async function fill(key: string, path: string): Promise<Filled | undefined> {
    const other = running.get(key);
    if (other) {
      const filled = await other;
      return filled.kind === 'entry' ? filled : undefined;
    }
    const own = fetchInto(key, path).finally(() => running.delete(key));
    running.set(key, own);
    return own;
  };
}

/** The entry of `key`, if it may be served without waiting for the origin. */
export function findServable(cache: ReturnType<typeof createLruCache>, key: string, now: number) {
  const entry = cache.get(key);
  const freshness = entry && freshnessOf(entry, now);
  return entry && freshness !== 'expired' ? { entry, isFresh: freshness === 'fresh' } : undefined;
}
