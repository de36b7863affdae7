import type { IncomingMessage, ServerResponse } from 'node:http';
import { busy } from '../../common/gate.ts';
import { Problem } from '../../common/problem.ts';
import type { MemoryBudget } from './memory_budget.ts';
import { watchPace } from './pace.ts';

export interface BodyOptions {
  /** Largest request body. */
  readonly maxBytes: number;
  /** Longest pause between two pieces of it. */
  readonly idleMs: number;
  /** Fewest bytes a second, over any `idleMs` but the first; 0 or nothing for no such limit. */
  readonly minRate?: number;
  /** Where its bytes are counted together with those of all other requests. */
  readonly budget: MemoryBudget;
  /** Whether work on it would be refused; then the body is refused before it is read. */
  readonly isFull: () => boolean;
}

const tooLarge = (bytes: string, maxBytes: number): Problem =>
  new Problem(
    'too_large',
    `body: expected at most ${maxBytes} bytes, got ${bytes}; larger pictures go through the batch door: upload them to the source bucket`,
  );

/** What is wrong before any byte of the body has come. */
function announced({ headers }: IncomingMessage, { maxBytes, isFull }: BodyOptions): Problem | undefined {
  if (isFull()) return busy();
  const length = headers['content-length'];
  return Number(length ?? 0) > maxBytes ? tooLarge(`${length}`, maxBytes) : undefined;
}

/** Counts one body. */
export interface Meter {
  /** From now on the body counts with those of clients that have shown a key. @throws Problem `too_busy`. */
  admit(): void;
  /** Ends the watch over its pace. */
  stop(): void;
}

export interface MeterOptions extends BodyOptions {
  /** Called once at most: `too_large`, `too_busy`, or `upload_timeout` when the body stands still or trickles. */
  readonly fail: (problem: Problem) => void;
  /** Where the bytes of a client that has shown no key are counted, until `admit`. */
  readonly keyless?: MemoryBudget | undefined;
}

const fullOf = (): Problem =>
  new Problem('too_busy', 'Too many uploads are under way; try again later', { retryAfter: 1 });

/** Where one body is counted: with the keyless first, if that is where it begins. */
function accountFor({ budget, keyless }: MeterOptions) {
  let place = keyless ?? budget;
  let bytes = 0;
  return {
    bytes: () => bytes,
    take: (more: number): boolean => {
      if (!place.reserve(more)) return false;
      bytes += more;
      return true;
    },
    moveIn: (): void => {
      if (place === budget) return;
      if (!budget.reserve(bytes)) throw fullOf();
      place.release(bytes);
      place = budget;
    },
    close: (): void => {
      place.release(bytes);
      bytes = 0;
    },
  };
}

/**
 * Counts the body's bytes as they arrive, for any reader: call it, then read the request at once.
 * Their room is given back when the answer is out or the client gone.
 */
export function meterBody(req: IncomingMessage, res: ServerResponse, options: MeterOptions): Meter {
  const { maxBytes, idleMs, minRate = 0 } = options;
  const account = accountFor(options);
  const stop = (): void => {
    pace.stop();
    req.off('data', count);
  };
  const fail = (problem: Problem): void => {
    stop();
    options.fail(problem);
  };
  const pace = watchPace({
    idleMs,
    least: Math.floor((minRate * idleMs) / 1000),
    late: (reason) => fail(new Problem('upload_timeout', `body: expected the rest of it, got ${reason}`)),
  });
  const count = (chunk: Buffer): void => {
    pace.came(chunk.length);
    if (account.bytes() + chunk.length > maxBytes) fail(tooLarge(`more than ${maxBytes}`, maxBytes));
    else if (!account.take(chunk.length)) fail(fullOf());
  };

  const meter = { admit: account.moveIn, stop };
  const refused = announced(req, options);
  if (refused) {
    fail(refused);
    return meter;
  }
  req.on('data', count).once('end', stop);
  res.once('close', () => {
    stop();
    account.close();
  });
  return meter;
}
