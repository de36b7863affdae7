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
}

/** Reads a source at its generation, whose bytes never change. @throws what `store.read` throws. */
export type ReadSource = (origin: Origin) => Promise<Buffer>;

const keyOf = ({ bucket, name, generation }: Origin): string => JSON.stringify([bucket, name, generation]);

/**
 * Reads each source once for all its outputs: their tasks come at about the same time. A few sources are kept for a
 * moment; a reading that failed is forgotten, so that every task has its own attempts.
 */
export function createSharedSources(options: SharedSourcesOptions): ReadSource {
  const { store, maxBytes, most, maxKeptBytes, keepMs } = options;
  const sources = new Map<string, { readonly data: Promise<Buffer>; timer?: NodeJS.Timeout }>();

  const forget = (key: string): void => {
    clearTimeout(sources.get(key)?.timer);
    sources.delete(key);
  };
  /** The longest unread one goes first. */
  const keep = (key: string, data: Promise<Buffer>): void => {
    forget(key);
    const timer = setTimeout(() => sources.delete(key), keepMs).unref();
    sources.set(key, { data, timer });
    for (const oldest of sources.keys()) if (sources.size > most) forget(oldest);
  };
  const start = (key: string, origin: Origin): Promise<Buffer> => {
    const data = store.read(origin, { maxBytes });
    sources.set(key, { data });
    data.then(
      ({ length }) => (length > maxKeptBytes ? forget(key) : keep(key, data)),
      () => forget(key),
    );
    return data;
  };

  return (origin) => {
    const key = keyOf(origin);
    const known = sources.get(key);
    if (known === undefined) return start(key, origin);
    if (known.timer) keep(key, known.data);
    return known.data;
  };
}
