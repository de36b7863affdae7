import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { Problem } from '../../common/problem.ts';
import type { UploadStatus } from './status.ts';

export interface WatchOptions {
  /** Reads the state of an upload; `before` is what was seen last. */
  readonly read: (id: string, before?: UploadStatus) => Promise<UploadStatus>;
  /** Most clients that wait at the same time. */
  readonly maxWaiters: number;
  /** Pauses between two looks at one upload; they grow while nothing changes. */
  readonly pauses?: { readonly firstMs: number; readonly longestMs: number; readonly growth: number };
}

/** Waits for changes of uploads. However many clients wait for one upload, storage is asked once. */
export interface Watches {
  /** The state now. */
  readonly read: (id: string) => Promise<UploadStatus>;
  /**
   * The state now, then each change, until every output is done or has failed, or the signal is aborted.
   * @throws Problem `too_busy` when too many clients wait, `not_found`, `storage_unavailable` at the first look only.
   */
  readonly follow: (id: string, signal: AbortSignal) => AsyncGenerator<UploadStatus>;
}

interface Watch {
  status: UploadStatus;
  followers: number;
  isPolled: boolean;
  changed: PromiseWithResolvers<void>;
}

const usualPauses = { firstMs: 250, longestMs: 3_000, growth: 1.5 } as const;
/**
 * Uploads that are looked at at the same time: at most so many because a client asks now, and so many because clients wait.
 * Those who wait, however many, do not hold up those who ask.
 */
const concurrentReads = 16;

const isSettled = ({ state }: UploadStatus): boolean => state !== 'waiting';

/** Resolves at a change or when the signal is aborted. */
const changeOf = (watch: Watch, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    watch.changed.promise.then(resolve);
  });

export function createWatches({ read, maxWaiters, pauses = usualPauses }: WatchOptions): Watches {
  const watches = new Map<string, Watch>();
  const [limit, pollLimit] = [pLimit(concurrentReads), pLimit(concurrentReads)];
  let waiters = 0;

  const looks = new Map<string, Promise<UploadStatus>>();
  /** The state of an upload. Clients that ask at the same time share one look at storage. */
  const look = (id: string): Promise<UploadStatus> => {
    const shared = looks.get(id);
    if (shared) return shared;
    const made = limit(() => read(id)).finally(() => looks.delete(id));
    looks.set(id, made);
    return made;
  };
  const tell = (watch: Watch, status: UploadStatus): void => {
    watch.status = status;
    watch.changed.resolve();
    watch.changed = Promise.withResolvers<void>();
  };
  /** Looks again and again while a client waits. */
  const poll = async (id: string, watch: Watch): Promise<void> => {
    watch.isPolled = true;
    let pauseMs: number = pauses.firstMs;
    while (watch.followers > 0 && !isSettled(watch.status)) {
      await sleep(pauseMs);
      if (watch.followers === 0) break;
      // A temporary failure of storage counts as no change.
      const next = await pollLimit(() => read(id, watch.status)).catch(() => watch.status);
      const isChanged = JSON.stringify(next) !== JSON.stringify(watch.status);
      pauseMs = isChanged ? pauses.firstMs : Math.min(pauses.longestMs, pauseMs * pauses.growth);
      if (isChanged) tell(watch, next);
    }
    watch.isPolled = false;
    if (watches.get(id) === watch) watches.delete(id);
  };
  const join = async (id: string): Promise<Watch> => {
    const status = watches.get(id)?.status ?? (await look(id));
    const known = watches.get(id);
    if (known) return known;
    const watch: Watch = { status, followers: 0, isPolled: false, changed: Promise.withResolvers<void>() };
    if (!isSettled(status)) watches.set(id, watch);
    return watch;
  };

  async function* follow(id: string, signal: AbortSignal): AsyncGenerator<UploadStatus> {
    if (waiters >= maxWaiters)
      throw new Problem('too_busy', 'Too many clients wait for uploads; try again later', { retryAfter: 5 });
    waiters += 1;
    let watch: Watch | undefined;
    try {
      watch = await join(id);
      watch.followers += 1;
      if (!watch.isPolled) void poll(id, watch);
      for (;;) {
        const { status } = watch;
        const change = changeOf(watch, signal);
        yield status;
        if (isSettled(status) || signal.aborted) return;
        await change;
        if (signal.aborted) return;
      }
    } finally {
      waiters -= 1;
      if (watch) watch.followers -= 1;
    }
  }

  return { read: look, follow };
}
