import type { Log } from '../../../common/log/log.ts';
import { asProblem } from '../../../common/problem.ts';
import { type Blobs, maxBlobBytes } from './blobs.ts';
import { decodeEntry, type Entry, encodeEntry } from './entry.ts';

/** Keeps entries, and never fails or delays an answer. */
export interface Keeper {
  /** Undefined when there is no good entry, or none can be had. */
  get<Facts>(name: string): Promise<Entry<Facts> | undefined>;
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

export function createKeeper(blobs: Blobs, log: Log, now = Date.now): Keeper {
  /** Entries on their way, by name; they are read from here meanwhile. */
  const pending = new Map<string, { readonly bytes: Buffer; readonly done: Promise<void> }>();
  let pendingBytes = 0;
  let toldMs = Number.NEGATIVE_INFINITY;

  const tell = (error: unknown): void => {
    if (now() - toldMs < tellMs) return;
    toldMs = now();
    const { message: reason } = asProblem(error);
    log.warn({ event: 'results_broken', reason, error }, `results are not kept: ${reason}`);
  };
  const write = async (name: string, data: Buffer): Promise<void> => {
    try {
      await blobs.write(name, data);
    } catch (error) {
      tell(error);
    }
  };

  return {
    get: async (name) => {
      try {
        const bytes = pending.get(name)?.bytes ?? (await blobs.read(name));
        return bytes && decodeEntry(name, bytes);
      } catch (error) {
        tell(error);
        return undefined;
      }
    },
    put: (name, entry) => {
      const { length } = entry.data;
      const isFull = pending.size >= maxPending || pendingBytes + length > maxPendingBytes;
      if (length > maxBlobBytes || isFull || pending.has(name)) return;
      const bytes = encodeEntry(name, entry);
      pendingBytes += length;
      const done = write(name, bytes).finally(() => {
        pendingBytes -= length;
        pending.delete(name);
      });
      pending.set(name, { bytes, done });
    },
    idle: async () => {
      while (pending.size > 0) await Promise.all([...pending.values()].map(({ done }) => done));
    },
  };
}
