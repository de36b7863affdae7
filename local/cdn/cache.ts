import type { HeaderMap, Lifetime } from './policy.ts';

/** A cached response; times are milliseconds of the CDN's clock. */
export type CacheEntry = {
  readonly status: number;
  readonly headers: HeaderMap;
  readonly body: Buffer;
  readonly storedAt: number;
  readonly lifetime: Lifetime;
};

export type Freshness = 'fresh' | 'stale' | 'expired';

export function freshnessOf({ storedAt, lifetime }: CacheEntry, now: number): Freshness {
  const age = (now - storedAt) / 1000;
  if (age < lifetime.ttl) return 'fresh';
  return age < lifetime.ttl + lifetime.stale ? 'stale' : 'expired';
}

/** A cache that evicts the least recently used entries when bodies, keys and headers exceed `maxBytes`. */
export function createLruCache(maxBytes: number) {
  const entries = new Map<string, CacheEntry>();
  let bytes = 0;
  const drop = (key: string) => {
    const entry = entries.get(key);
    if (entry) bytes -= sizeOf(key, entry);
    entries.delete(key);
  };
  return {
    get(key: string): CacheEntry | undefined {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry;
    },
    set(key: string, entry: CacheEntry): void {
      drop(key);
      entries.set(key, entry);
      bytes += sizeOf(key, entry);
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) break;
        drop(oldest);
      }
    },
    delete: drop,
  };
}

const sizeOf = (key: string, { body, headers }: CacheEntry) =>
  body.length + key.length + JSON.stringify(headers).length + 200;
