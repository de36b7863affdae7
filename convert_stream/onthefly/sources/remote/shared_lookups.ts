import type { Address, LookUp } from '../../../../common/dns/lookup.ts';

/** Lookups that requests share: one at a time for each name, aborted when no request waits for it any more. */
export interface SharedLookups {
  /** Registers a request for a host until it is disposed of. */
  join(host: string): Disposable;
  lookUp(host: string): Promise<readonly Address[]>;
}

interface PendingLookup {
  requests: number;
  readonly ended: AbortController;
  lookup?: Promise<readonly Address[]> | undefined;
}

export function createSharedLookups(lookUp: LookUp): SharedLookups {
  const pending = new Map<string, PendingLookup>();

  const leave = (host: string, one: PendingLookup): void => {
    one.requests -= 1;
    if (one.requests > 0) return;
    pending.delete(host);
    one.ended.abort();
  };

  return {
    join: (host) => {
      const one = pending.get(host) ?? { requests: 0, ended: new AbortController() };
      pending.set(host, one);
      one.requests += 1;
      return { [Symbol.dispose]: () => leave(host, one) };
    },
    lookUp: async (host) => {
      const one = pending.get(host);
      // undici connects again for a request that has its answer already.
      if (!one) return await lookUp(host);
      one.lookup ??= lookUp(host, one.ended.signal).finally(() => {
        one.lookup = undefined;
      });
      return await one.lookup;
    },
  };
}
