import type { FieldTable } from '../common/field.ts';
import { Problem } from '../common/problem.ts';

/** The gate of a program as settings. */
export const gateFields = {
  CONVERSIONS: {
    kind: 'int',
    min: 1,
    max: 1024,
    doc: 'Conversions that run at a time. Default: the number of cores.',
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
  /** How many may wait for a place. */
  readonly waiting: number;
  readonly waitMs: number;
}

export interface Gate {
  /** Runs `work` when there is a place. @throws Problem `too_busy` when the line is full or the wait too long. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Whether whoever comes now is sent away. */
  readonly isFull: () => boolean;
  /** How many run and wait now. */
  readonly load: () => { readonly running: number; readonly waiting: number };
}

export const busy = (): Problem =>
  new Problem('too_busy', 'Too many conversions are waiting; try again later', { retryAfter: 1 });

/** A waiting line before the conversions: first come, first served. */
export function createGate({ running: places, waiting: most, waitMs }: GateOptions): Gate {
  const line = new Set<() => void>();
  let running = 0;

  const wait = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        line.delete(enter);
        reject(busy());
      }, waitMs);
      const enter = (): void => {
        clearTimeout(timer);
        resolve();
      };
      line.add(enter);
    });

  /** The place passes straight to the next in line, so nobody can slip in between. */
  const leave = (): void => {
    const [next] = line;
    if (next === undefined) {
      running -= 1;
      return;
    }
    line.delete(next);
    next();
  };

  const isFull = (): boolean => running >= places && line.size >= most;

  return {
    isFull,
    load: () => ({ running, waiting: line.size }),
    run: async (work) => {
      if (isFull()) throw busy();
      if (running < places) running += 1;
      else await wait();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
