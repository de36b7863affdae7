import { setImmediate as turn } from 'node:timers/promises';
import type { Log } from '../../../common/log/log.ts';
import { isProblem } from '../../../common/problem.ts';
import { orAborted } from '../../../common/streams/abort.ts';
import { type Blobs, maxBlobBytes } from './blobs.ts';
import { decodeEntry, type Entry, encodeEntry } from './entry.ts';

/** Keeps entries, and never fails or delays an answer. */
export interface Keeper {
  /**
   * Undefined when there is no good entry, or none can be had soon.
   * @param reserve called before bytes are kept in memory; an entry for which it throws `too_busy` is not read.
   */
  get<Facts>(name: string, reserve: (bytes: number) => void): Promise<Entry<Facts> | undefined>;
  /** Keeps an entry in the background; it is left out when too many are on their way. */
  put<Facts>(name: string, entry: Entry<Facts>): void;
  /** Resolves when no entry is on its way. */
  idle(): Promise<void>;
}

/** Entries on their way: more would take memory that answers need. */
const maxPending = 16;
const maxPendingBytes = 64 * 1024 * 1024;
/** A broken store is told once in this time. */
const tellMs = 60_000;
/** An answer waits this long for an entry, and is made when that has not come. */
const defaultWaitMs = 2_000;
/** A store that failed or did not answer is not read for this time: the next answers are made at once. */
const pauseMs = 5_000;

export interface KeeperOptions {
  readonly now?: () => number;
  readonly waitMs?: number;
}

export function createKeeper(
  blobs: Blobs,
  log: Log,
  { now = Date.now, waitMs = defaultWaitMs }: KeeperOptions = {},
): Keeper {
  /** Entries on their way, by name; they are read from here meanwhile. */
  const pending = new Map<string, { readonly entry: Entry<unknown>; readonly done: Promise<void> }>();
  let pendingBytes = 0;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  let toldMs = Number.NEGATIVE_INFINITY;

  const tell = (error: unknown): void => {
    if (now() - toldMs < tellMs) return;
    toldMs = now();
    const { message: reason } = error as Error;
    log.warn({ event: 'results_broken', reason, error }, 'results are not kept');
  };
  const read = async (name: string, reserve: (bytes: number) => void): Promise<Buffer | undefined> => {
    const signal = AbortSignal.timeout(waitMs);
    const reserveInTime = (bytes: number): void => {
      signal.throwIfAborted();
      reserve(bytes);
    };
    try {
      return await orAborted(blobs.read(name, { signal, reserve: reserveInTime }), signal);
    } catch (error) {
      if (isProblem(error, 'too_busy')) return undefined;
      pausedUntilMs = now() + pauseMs;
      tell(error);
      return undefined;
    }
  };
  const write = async (name: string, entry: Entry<unknown>): Promise<void> => {
    // The answer goes first: a hash of many bytes takes a while.
    await turn();
    try {
      await blobs.write(name, encodeEntry(name, entry));
    } catch (error) {
      tell(error);
    }
  };

  return {
    get: async <Facts>(name: string, reserve: (bytes: number) => void) => {
      const there = pending.get(name)?.entry;
      if (there) return there as Entry<Facts>;
      if (now() < pausedUntilMs) return undefined;
      const bytes = await read(name, reserve);
      return bytes && decodeEntry<Facts>(name, bytes);
    },
    put: (name, entry) => {
      const { length } = entry.data;
      const isFull = pending.size >= maxPending || pendingBytes + length > maxPendingBytes;
      if (length > maxBlobBytes || isFull || pending.has(name)) return;
      pendingBytes += length;
      const done = write(name, entry).finally(() => {
        pendingBytes -= length;
        pending.delete(name);
      });
      pending.set(name, { entry, done });
    },
    idle: async () => {
      while (pending.size > 0) await Promise.all([...pending.values()].map(({ done }) => done));
    },
  };
}
