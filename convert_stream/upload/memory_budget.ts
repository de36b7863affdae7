import type { ServerResponse } from 'node:http';
import { Problem } from '../../common/problem.ts';

/** Bytes of bodies, fetched pictures and outputs that may be in memory, all requests together. */
export interface MemoryBudget {
  /** Reserves that many more bytes; false, and nothing reserved, when they exceed the budget. */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
  readonly used: () => number;
}

export function createMemoryBudget(maxBytes: number): MemoryBudget {
  let used = 0;
  return {
    used: () => used,
    reserve: (bytes) => {
      if (used + bytes > maxBytes) return false;
      used += bytes;
      return true;
    },
    release: (bytes) => {
      used -= bytes;
    },
  };
}

/** Reserved bytes, which several requests may share; they are released when the last of them disposes of its share. */
export interface Reservation extends Disposable {
  /** Reserves more. @throws Problem `too_busy` when the budget is exhausted. */
  add(bytes: number): void;
  /** The same bytes for one more request. */
  share(): Reservation;
}

const tooManyPictures = (): Problem =>
  new Problem('too_busy', 'Too many pictures are under way; try again later', { retryAfter: 1 });

function reserveIn(budget: MemoryBudget, bytes: number): void {
  if (!budget.reserve(bytes)) throw tooManyPictures();
}

export function openReservation(budget: MemoryBudget): Reservation {
  let reserved = 0;
  let shares = 0;
  const add = (bytes: number): void => {
    reserveIn(budget, bytes);
    reserved += bytes;
  };
  const close = (): void => {
    shares -= 1;
    if (shares > 0) return;
    budget.release(reserved);
    reserved = 0;
  };
  const share = (): Reservation => {
    shares += 1;
    let isOpen = true;
    const dispose = (): void => {
      if (isOpen) close();
      isOpen = false;
    };
    return { add, share, [Symbol.dispose]: dispose };
  };
  return share();
}

/** How many clients each output is being sent to. */
const receivers = new WeakMap<Buffer, number>();

/**
 * Holds an output against the memory budget until every client that it is sent to has received it or disconnected;
 * a slow reader keeps it in memory. @throws Problem `too_busy` when the budget is exhausted.
 */
export function reserveUntilSent(res: ServerResponse, output: Buffer, budget: MemoryBudget): void {
  if (res.destroyed) return;
  const others = receivers.get(output) ?? 0;
  if (others === 0) reserveIn(budget, output.length);
  receivers.set(output, others + 1);
  res.on('close', () => {
    const left = (receivers.get(output) ?? 1) - 1;
    receivers.set(output, left);
    if (left === 0) budget.release(output.length);
  });
}
