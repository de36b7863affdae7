import type { ServerResponse } from 'node:http';
import { type Buffered, roomIn } from './buffered.ts';

/** Outputs that are being sent, and to how many. */
const receivers = new WeakMap<Buffer, number>();

/**
 * Counts an output until the last of those that it is sent to has it or is gone: who does not read keeps it in
 * memory. @throws Problem `too_busy` when there is no room for it.
 */
export function countOutgoing(res: ServerResponse, data: Buffer, buffered: Buffered): void {
  if (res.destroyed) return;
  const others = receivers.get(data) ?? 0;
  if (others === 0) roomIn(buffered).take(data.length);
  receivers.set(data, others + 1);
  res.once('close', () => {
    const left = (receivers.get(data) ?? 1) - 1;
    receivers.set(data, left);
    if (left === 0) buffered.give(data.length);
  });
}
