import type { ObjectStore } from '../../cloud/storage.ts';
import type { Origin } from '../origin.ts';

export interface SharedSourcesOptions {
  readonly store: Pick<ObjectStore, 'read'>;
  readonly maxBytes: number;
  /** How many sources are kept for the next output of the same upload. */
  readonly most: number;
  /** Larger sources are shared by outputs that are made at the same time, but not kept. */
  readonly maxKeptBytes: number;
  /** How long a source is kept after its last reading. */
  readonly keepMs: number;
  /** Frees the bytes of a source that is not kept any more and that all its readers have released. */
  readonly free: (data: Buffer) => void;
}

/** The bytes of a source, and a function that says that they are no longer read. */
export interface SourceReading {
  readonly data: Buffer;
  /** Call it once, and only after success: work that was cut off may still read the bytes. */
  readonly release: () => void;
}

/** Reads a source at its generation, whose bytes never change. @throws what `store.read` throws. */
export type ReadSource = (origin: Origin) => Promise<SourceReading>;

interface Shared {
  readonly data: Promise<Buffer>;
  /** Readings that were not released. */
  readers: number;
  timer?: NodeJS.Timeout;
}

const keyOf = ({ bucket, name, generation }: Origin): string => JSON.stringify([bucket, name, generation]);

/**
 * Reads each source once for all its outputs: their tasks come at about the same time. A few sources are kept for a
 * moment; a reading that failed is forgotten, so that every task has its own attempts.
 */
export function createSharedSources(options: SharedSourcesOptions): ReadSource {
  const { store, maxBytes, most, maxKeptBytes, keepMs, free } = options;
  const sources = new Map<string, Shared>();

  const freeUnused = (key: string, shared: Shared): void => {
    if (shared.readers === 0 && sources.get(key) !== shared) shared.data.then(free, () => {});
  };
  const forget = (key: string, shared: Shared): void => {
    clearTimeout(shared.timer);
    if (sources.get(key) === shared) sources.delete(key);
    freeUnused(key, shared);
  };
  /** The longest unread one goes first. */
  const keep = (key: string, shared: Shared): void => {
    clearTimeout(shared.timer);
    shared.timer = setTimeout(() => forget(key, shared), keepMs).unref();
    sources.delete(key);
    sources.set(key, shared);
    for (const [oldest, other] of sources) if (sources.size > most) forget(oldest, other);
  };
  const start = (key: string, origin: Origin): Shared => {
    const shared: Shared = { data: store.read(origin, { maxBytes }), readers: 0 };
    sources.set(key, shared);
    shared.data.then(
      ({ length }) => (length > maxKeptBytes ? forget(key, shared) : keep(key, shared)),
      () => forget(key, shared),
    );
    return shared;
  };

  return async (origin) => {
    const key = keyOf(origin);
    const shared = sources.get(key) ?? start(key, origin);
    if (shared.timer) keep(key, shared);
    shared.readers += 1;
    const release = (): void => {
      shared.readers -= 1;
      freeUnused(key, shared);
    };
    return { data: await shared.data, release };
  };
}
