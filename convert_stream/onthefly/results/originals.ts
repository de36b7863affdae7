import type { Fetched } from '../sources/remote/fetch.ts';
import type { Entry } from './entry.ts';
import type { Keeper } from './keeper.ts';
import { originalName } from './names.ts';

/** What is known of a kept original. */
interface Facts {
  /** Validators of the server. */
  readonly etag?: string;
  readonly lastModified?: string;
  readonly version: string;
  /** When the server was asked last. */
  readonly askedMs: number;
}

export interface Original {
  readonly bytes: Buffer;
  readonly version: string;
}

export interface Originals {
  /** The original of a source: the kept one while it is fresh, else what the server says to `fetch`. */
  find(source: string, how: FetchOriginal): Promise<Original>;
}

export interface FetchOriginal {
  /** Fetches the original, on condition that it has changed where there are headers for that. */
  readonly fetch: (conditions: Readonly<Record<string, string>>) => Promise<Fetched>;
  readonly versionOf: (fetched: Fetched) => string;
  /** Reserves the bytes of a kept original. */
  readonly reserve: (bytes: number) => void;
}

/** Servers forbid it with these words (RFC 9111, 5.2.2): what they send is for one client, or for once. */
const mayKeep = ({ cacheControl = '' }: Fetched): boolean => !/\b(no-store|private)\b/i.test(cacheControl);

const conditionsOf = ({ etag, lastModified }: Facts): Readonly<Record<string, string>> => ({
  ...(etag ? { 'if-none-match': etag } : {}),
  ...(lastModified ? { 'if-modified-since': lastModified } : {}),
});

const originalOf = ({ facts: { version }, data: bytes }: Entry<Facts>): Original => ({ bytes, version });

/** Keeps originals of other servers for `ttlMs`, and asks after that whether they have changed. */
export function createOriginals(keeper: Keeper, ttlMs: number, now = Date.now): Originals {
  return {
    find: async (source, { fetch, versionOf, reserve }) => {
      const name = originalName(source);
      const kept = await keeper.get<Facts>(name, reserve);
      if (kept && now() - kept.facts.askedMs < ttlMs) return originalOf(kept);
      const fetched = await fetch(kept ? conditionsOf(kept.facts) : {});
      if (kept && fetched.isUnchanged) {
        keeper.put<Facts>(name, { facts: { ...kept.facts, askedMs: now() }, data: kept.data });
        return originalOf(kept);
      }
      const { bytes, etag, lastModified } = fetched;
      const version = versionOf(fetched);
      const facts = {
        ...(etag ? { etag } : {}),
        ...(lastModified ? { lastModified } : {}),
        version,
        askedMs: now(),
      };
      if (mayKeep(fetched)) keeper.put<Facts>(name, { facts, data: bytes });
      return { bytes, version };
    },
  };
}
