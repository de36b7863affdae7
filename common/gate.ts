import type { FieldTable } from './field.ts';
import { Problem } from './problem.ts';

/** The gate of a program as settings. */
export const gateFields = {
  CONVERSIONS: {
    kind: 'int',
    min: 1,
    max: 1024,
    doc: 'Conversions that run at a time; at most half of them draw documents (SVG, PDF). Default: the number of cores.',
  },
  WAITING_PER_CONVERSION: {
    kind: 'int',
    min: 0,
    default: 8,
    doc: 'How many more may wait, for each conversion that may run.',
  },
  WAIT_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 0,
    default: 10_000,
    doc: 'How long one may wait before it is sent away with 503.',
  },
} as const satisfies FieldTable;

export interface GateOptions {
  /** How many run at once. */
  readonly running: number;
  /** How many may wait for a slot. */
  readonly waiting: number;
  readonly waitMs: number;
}

/** Work on pixels, or on a document that is drawn (SVG, PDF): what that takes cannot be told from its size. */
export type WorkKind = 'pixels' | 'document';

export interface Gate {
  /**
   * Runs `work` when there is a slot for its kind.
   * @throws Problem `too_busy` when the queue is full or the wait too long.
   */
  run<T>(work: () => Promise<T>, kind?: WorkKind): Promise<T>;
  /** Whether work on pixels that comes now would be refused. */
  readonly isFull: () => boolean;
  /** How many run and wait now. */
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
 * Documents get half of the slots and half of the queue at most, so that they never keep pixels waiting for all.
 * Where there is one slot they get one beside it: they are drawn in another process, at a lower priority.
 */
const limitOf = ({ running, waiting }: GateOptions): Limit => ({
  running: { pixels: running, document: Math.max(1, Math.floor(running / 2)) },
  waiting: { pixels: waiting, document: Math.ceil(waiting / 2) },
  slots: Math.max(2, running),
});

interface Waiting {
  readonly kind: WorkKind;
  readonly enter: () => void;
}

/** A queue before the conversions: first come, first served, but documents wait for slots of their own. */
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

  const wait = (kind: WorkKind): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        queue.delete(waiting);
        reject(busy());
      }, options.waitMs);
      const enter = (): void => {
        clearTimeout(timer);
        queue.delete(waiting);
        resolve();
      };
      const waiting = { kind, enter };
      queue.add(waiting);
    });

  /** The slot passes straight to the next that may have it, so that nothing slips in between. */
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
    run: async (work, kind = 'pixels') => {
      if (isFull(kind)) throw busy();
      if (hasSlot(kind)) running[kind] += 1;
      else await wait(kind);
      try {
        return await work();
      } finally {
        leave(kind);
      }
    },
  };
}
