import type { FieldTable } from './fields/field.ts';
import { Problem } from './problem.ts';

/** Settings of a program's gate. */
export const gateFields = {
  CONVERSIONS: {
    kind: 'int',
    min: 1,
    max: 1024,
    doc: 'Concurrent conversions; at most half of them may be of documents (SVG, PDF). Default: the number of cores.',
  },
  WAITING_PER_CONVERSION: {
    kind: 'int',
    min: 0,
    default: 8,
    doc: 'Length of the queue, per concurrent conversion. Pictures of MOUNT, which take no memory while they wait, have one four times as long.',
  },
  WAIT_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 0,
    default: 10_000,
    doc: 'Maximum time a request waits for a slot before 503.',
  },
} as const satisfies FieldTable;

export interface GateOptions {
  /** Slots: how many run at a time. */
  readonly running: number;
  /** Length of the queue. Default: no limit. */
  readonly waiting?: number;
  /** Longest wait for a slot. Default: no limit. */
  readonly waitMs?: number;
}

/** Work on pixels, or on a document (SVG, PDF), whose cost cannot be told from its size. */
export type WorkKind = 'pixels' | 'document';

export interface Gate {
  /**
   * Runs `work` when a slot for its kind is free. `signal` ends the wait, not the work.
   * @throws Problem `too_busy` when the queue is full or the wait too long, and the signal's reason.
   */
  run<T>(work: () => Promise<T>, kind?: WorkKind, signal?: AbortSignal): Promise<T>;
  /** Whether new work on pixels would be refused now. */
  readonly isFull: () => boolean;
  /** The numbers of running and waiting works. */
  readonly load: () => { readonly running: number; readonly waiting: number };
}

export const busy = (): Problem =>
  new Problem('too_busy', 'Too many conversions are waiting; try again later', { retryAfter: 1 });

type Counts = Record<WorkKind, number>;

interface Limit {
  readonly running: Counts;
  readonly waiting: Counts;
  /** Slots of both kinds together. */
  readonly slots: number;
}

/**
 * Documents get at most half of the slots and half of the queue, so that they never block all work on pixels.
 * With a single slot they get a second one: another process draws them, at a lower priority.
 */
const limitOf = ({ running, waiting = Number.POSITIVE_INFINITY }: GateOptions): Limit => ({
  running: { pixels: running, document: Math.max(1, Math.floor(running / 2)) },
  waiting: { pixels: waiting, document: Math.ceil(waiting / 2) },
  slots: Math.max(2, running),
});

interface Waiting {
  readonly kind: WorkKind;
  readonly enter: () => void;
}

/** A concurrency limiter with a queue: first come, first served, but documents have their own share of the slots. */
export function createGate(options: GateOptions): Gate {
  const limit = limitOf(options);
  const queue = new Set<Waiting>();
  const running: Counts = { pixels: 0, document: 0 };

  const hasSlot = (kind: WorkKind): boolean =>
    running[kind] < limit.running[kind] && running.pixels + running.document < limit.slots;

  const isFull = (kind: WorkKind): boolean => {
    const same = [...queue].filter((one) => one.kind === kind).length;
    return !hasSlot(kind) && (queue.size >= limit.waiting.pixels || same >= limit.waiting[kind]);
  };

  const wait = (kind: WorkKind, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const leaveQueue = (settle: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        queue.delete(waiting);
        settle();
      };
      const abort = (): void => leaveQueue(() => reject(signal?.reason));
      const expire = (): void => leaveQueue(() => reject(busy()));
      const timer = options.waitMs === undefined ? undefined : setTimeout(expire, options.waitMs);
      const waiting = { kind, enter: () => leaveQueue(resolve) };
      signal?.addEventListener('abort', abort, { once: true });
      queue.add(waiting);
    });

  /** Hands the slot directly to the next work that may have it, so that newer work cannot overtake. */
  const leave = (kind: WorkKind): void => {
    running[kind] -= 1;
    const next = [...queue].find((one) => hasSlot(one.kind));
    if (next === undefined) return;
    running[next.kind] += 1;
    next.enter();
  };

  return {
    isFull: () => isFull('pixels'),
    load: () => ({ running: running.pixels + running.document, waiting: queue.size }),
    run: async (work, kind = 'pixels', signal) => {
      signal?.throwIfAborted();
      if (isFull(kind)) throw busy();
      if (hasSlot(kind)) running[kind] += 1;
      else await wait(kind, signal);
      try {
        return await work();
      } finally {
        leave(kind);
      }
    },
  };
}
