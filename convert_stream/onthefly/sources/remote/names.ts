import type { Address, LookUp } from '../../../../common/dns/lookup.ts';

/** Lookups of the names that requests want: one at a time for a name, ended when no request wants it any more. */
export interface Names {
  /** Registers one request's interest in a host until it is disposed of. */
  want(host: string): Disposable;
  lookUp(host: string): Promise<readonly Address[]>;
}

interface Wanted {
  requests: number;
  readonly ended: AbortController;
  lookup?: Promise<readonly Address[]> | undefined;
}

export function createNames(lookUp: LookUp): Names {
  const wanted = new Map<string, Wanted>();

  const leave = (host: string, one: Wanted): void => {
    one.requests -= 1;
    if (one.requests > 0) return;
    wanted.delete(host);
    one.ended.abort();
  };

  return {
    want: (host) => {
      const one = wanted.get(host) ?? { requests: 0, ended: new AbortController() };
      wanted.set(host, one);
      one.requests += 1;
      return { [Symbol.dispose]: () => leave(host, one) };
    },
    lookUp: async (host) => {
      const one = wanted.get(host);
      // A connection that is made again for a request which has its answer already.
      if (!one) return await lookUp(host);
      one.lookup ??= lookUp(host, one.ended.signal).finally(() => {
        one.lookup = undefined;
      });
      return await one.lookup;
    },
  };
}
