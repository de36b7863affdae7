import { createGate, type Gate } from '../../../common/gate.ts';
import { Problem } from '../../../common/problem.ts';
import type { FoundPicture } from './source.ts';

/** Pictures that are read while all slots of the conversions are taken. */
const readAhead = 2;

/** How many more requests may wait than of those whose bodies are in memory. */
const patience = 4;

export interface AheadOptions {
  /** Length of the queue for conversions. */
  readonly waiting: number;
  readonly waitMs: number;
}

/** Work on a picture; it calls `enter` when its conversion begins. */
type Work<T> = (enter: () => void) => Promise<T>;

/** Work on pictures whose bytes can be read later: few are read before their turn, the others take no memory. */
export type Ahead = <T>(found: FoundPicture, work: Work<T>, signal: AbortSignal) => Promise<T>;

/** @throws Problem `too_busy` when the queue is full or the wait too long. */
export function createAhead({ waiting, waitMs }: AheadOptions): Ahead {
  const gate: Gate = createGate({ running: readAhead, waiting: waiting * patience, waitMs });
  return ({ canWait }, work, signal) => {
    if (!canWait) return work(() => {});
    return new Promise((resolve, reject) => {
      const turn = (): Promise<void> =>
        new Promise((leave) => void work(leave).then(resolve, reject).finally(leave));
      gate.run(turn, 'pixels', signal).catch((error: unknown) => {
        reject(signal.aborted ? new Problem('upload_timeout', 'client disconnected') : error);
      });
    });
  };
}
