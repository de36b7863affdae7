import type { IncomingMessage, ServerResponse } from 'node:http';
import { busy } from '../../common/gate.ts';
import { Problem } from '../../common/problem.ts';
import type { MemoryBudget } from './memory_budget.ts';
import { watchMinRate } from './min_rate.ts';

export interface BodyOptions {
  /** Largest request body. */
  readonly maxBytes: number;
  /** Longest pause between two chunks. */
  readonly idleMs: number;
  /** Fewest bytes a second, over any `idleMs` but the first; 0: no limit. */
  readonly minRate?: number;
  /** Its bytes count against it, together with those of all other requests. */
  readonly budget: MemoryBudget;
  /** The way for larger pictures, in a few words. Default: the batch door. */
  readonly largerWay?: string;
  /** Whether the queue of conversions is full; then the body is refused before it is read. */
  readonly isFull: () => boolean;
}

const batchWay = 'go through the batch door: upload them to the source bucket';

/** The refusal of a body of more than `maxBytes`. */
export const tooLarge = (
  bytes: string,
  { maxBytes, largerWay = batchWay }: Pick<BodyOptions, 'maxBytes' | 'largerWay'>,
): Problem =>
  new Problem(
    'too_large',
    `body: expected at most ${maxBytes} bytes, got ${bytes}; larger pictures ${largerWay}`,
  );

/** Why a body is refused before any byte of it has arrived. */
function refusalOf({ headers }: IncomingMessage, options: BodyOptions): Problem | undefined {
  if (options.isFull()) return busy();
  const length = headers['content-length'];
  return Number(length ?? 0) > options.maxBytes ? tooLarge(`${length}`, options) : undefined;
}

/** Counts one body. */
export interface Meter {
  /** Moves the body's bytes to the budget of clients that have shown a key. @throws Problem `too_busy`. */
  admit(): void;
  /** Stops checking the rate. */
  stop(): void;
}

export interface MeterOptions extends BodyOptions {
  /**
   * Called once at most: `too_large`, `too_busy`, or `upload_timeout` when no bytes arrive for `idleMs` or fewer than
   * `minRate`.
   */
  readonly fail: (problem: Problem) => void;
  /** Until `admit`, the bytes of a client that has shown no key count against this budget. */
  readonly keyless?: MemoryBudget | undefined;
}

const tooManyUploads = (): Problem =>
  new Problem('too_busy', 'Too many uploads are under way; try again later', { retryAfter: 1 });

/** The bytes of one body, and the budget that they count against: `keyless` first, where it is given. */
function openAccount({ budget, keyless }: MeterOptions) {
  let counted = keyless ?? budget;
  let bytes = 0;
  return {
    bytes: () => bytes,
    take: (more: number): boolean => {
      if (!counted.reserve(more)) return false;
      bytes += more;
      return true;
    },
    admit: (): void => {
      if (counted === budget) return;
      if (!budget.reserve(bytes)) throw tooManyUploads();
      counted.release(bytes);
      counted = budget;
    },
    close: (): void => {
      counted.release(bytes);
      bytes = 0;
    },
  };
}

/**
 * Counts the body's bytes as they arrive, for any reader: call it, then read the request in the same turn. They are
 * released when the response is sent or the client disconnects.
 */
export function meterBody(req: IncomingMessage, res: ServerResponse, options: MeterOptions): Meter {
  const { maxBytes, idleMs, minRate = 0 } = options;
  const account = openAccount(options);
  const stop = (): void => {
    rateWatch.stop();
    req.off('data', count);
  };
  const fail = (problem: Problem): void => {
    stop();
    options.fail(problem);
  };
  const rateWatch = watchMinRate({
    idleMs,
    minBytes: Math.floor((minRate * idleMs) / 1000),
    onTooSlow: (reason) =>
      fail(new Problem('upload_timeout', `body: expected the rest of it, got ${reason}`)),
  });
  const count = (chunk: Buffer): void => {
    rateWatch.count(chunk.length);
    if (account.bytes() + chunk.length > maxBytes) fail(tooLarge(`more than ${maxBytes}`, options));
    else if (!account.take(chunk.length)) fail(tooManyUploads());
  };

  const meter = { admit: account.admit, stop };
  const refused = refusalOf(req, options);
  if (refused) {
    fail(refused);
    return meter;
  }
  req.on('data', count).on('end', stop);
  res.on('close', () => {
    stop();
    account.close();
  });
  return meter;
}
