import { Problem } from '../common/problem.ts';

/** How many bytes of pictures that came in or go out are in memory, all requests together. */
export interface Buffered {
  /** Takes room for that many more; false, and nothing taken, when there is none. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  readonly used: () => number;
}

export function createBuffered(maxBytes: number): Buffered {
  let used = 0;
  return {
    used: () => used,
    take: (bytes) => {
      if (used + bytes > maxBytes) return false;
      used += bytes;
      return true;
    },
    give: (bytes) => {
      used -= bytes;
    },
  };
}

/** What one request takes up, bit by bit; given back all at once. */
export interface Room {
  /** @throws Problem `too_busy` when there is no more. */
  take(bytes: number): void;
  free(): void;
}

export function roomIn(buffered: Buffered): Room {
  let taken = 0;
  return {
    take: (bytes) => {
      if (!buffered.take(bytes))
        throw new Problem('too_busy', 'Too many pictures are under way; try again later', { retryAfter: 1 });
      taken += bytes;
    },
    free: () => {
      buffered.give(taken);
      taken = 0;
    },
  };
}
