import type { Fetched } from '../sources/remote/fetch.ts';
import type { Entry } from './entry.ts';
import { freshMsOf, mayKeep, saysHowLong } from './freshness.ts';
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
  /** How long it is used without asking after that. */
  readonly freshMs: number;
}

export interface Original {
  readonly bytes: Buffer;
  readonly version: string;
  /** Whether what is made from it may be kept. */
  readonly mayKeep: boolean;
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

const conditionsOf = ({ etag, lastModified }: Facts): Readonly<Record<string, string>> => ({
  ...(etag ? { 'if-none-match': etag } : {}),
  ...(lastModified ? { 'if-modified-since': lastModified } : {}),
});

const originalOf = ({ facts: { version }, data: bytes }: Entry<Facts>): Original => ({
  bytes,
  version,
  mayKeep: true,
});

export interface OriginalsOptions {
  /** The longest time for which an original is used without asking. */
  readonly ttlMs: number;
  /** Changes with the settings that decide answers. */
  readonly settings: string;
  readonly now?: () => number;
}

/**
 * Keeps originals of other servers, and asks after `ttlMs` whether they have changed; earlier where the server says so.
 */
export function createOriginals(
  keeper: Keeper,
  { ttlMs, settings, now = Date.now }: OriginalsOptions,
): Originals {
  /** A kept original whose server says that it has not changed, with what it says now about keeping it. */
  const confirm = (name: string, { facts, data }: Entry<Facts>, answer: Fetched): Original => {
    const freshMs = saysHowLong(answer) ? freshMsOf(answer, ttlMs, now()) : facts.freshMs;
    const entry = { facts: { ...facts, freshMs, askedMs: now() }, data };
    if (mayKeep(answer)) keeper.put<Facts>(name, entry);
    return { ...originalOf(entry), mayKeep: mayKeep(answer) };
  };
  const keep = (name: string, fetched: Fetched, version: string): void => {
    const { bytes, etag, lastModified } = fetched;
    const freshMs = freshMsOf(fetched, ttlMs, now());
    const validators = { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) };
    if (freshMs === 0 && !etag && !lastModified) return;
    keeper.put<Facts>(name, { facts: { ...validators, version, freshMs, askedMs: now() }, data: bytes });
  };
  return {
    find: async (source, { fetch, versionOf, reserve }) => {
      const name = originalName(source, settings);
      const kept = await keeper.get<Facts>(name, reserve);
      if (kept && now() - kept.facts.askedMs < kept.facts.freshMs) return originalOf(kept);
      const fetched = await fetch(kept ? conditionsOf(kept.facts) : {});
      if (kept && fetched.isUnchanged) return confirm(name, kept, fetched);
      const version = versionOf(fetched);
      if (mayKeep(fetched)) keep(name, fetched, version);
      return { bytes: fetched.bytes, version, mayKeep: mayKeep(fetched) };
    },
  };
}
