/** Runs work when its turn comes: at most so many pieces at a time, in the order of their coming. */
export type Turns = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

export function createTurns(most: number): Turns {
  const waiting = new Set<() => void>();
  let running = 0;

  const turn = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(begin);
        reject(signal?.reason);
      };
      const begin = (): void => {
        waiting.delete(begin);
        signal?.removeEventListener('abort', leave);
        running += 1;
        resolve();
      };
      if (signal?.aborted) leave();
      else if (running < most) begin();
      else {
        waiting.add(begin);
        signal?.addEventListener('abort', leave, { once: true });
      }
    });

  return async (work, signal) => {
    await turn(signal);
    try {
      return await work();
    } finally {
      running -= 1;
      const [next] = waiting;
      next?.();
    }
  };
}
