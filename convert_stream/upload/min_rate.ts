/** The rate that an upload must keep. */
export interface MinRateOptions {
  /** Longest pause between two chunks. */
  readonly idleMs: number;
  /** Fewest bytes in any `idleMs`, from the second one on: a slow start is allowed. */
  readonly minBytes: number;
  /** Called once at most, with the reason. */
  readonly onTooSlow: (reason: string) => void;
}

export interface RateWatch {
  /** Counts bytes that have arrived. */
  count(bytes: number): void;
  stop(): void;
}

/** Reports a body that pauses too long or is slower than the least rate. */
export function watchMinRate({ idleMs, minBytes, onTooSlow }: MinRateOptions): RateWatch {
  let total = 0;
  let before = 0;
  let isOver = false;

  const stop = (): void => {
    isOver = true;
    clearTimeout(idle);
    clearInterval(rate);
  };
  const report = (reason: string): void => {
    if (isOver) return;
    stop();
    onTooSlow(reason);
  };
  // Timers run before sockets are read: after a long turn of the event loop the bytes may have arrived already.
  const idle = setTimeout(() => {
    const totalBefore = total;
    setImmediate(() => (total === totalBefore ? report(`nothing for ${idleMs} ms`) : idle.refresh()));
  }, idleMs);
  let periods = 0;
  const rate = setInterval(() => {
    setImmediate(() => {
      periods += 1;
      const received = total - before;
      before = total;
      if (periods > 1 && received < minBytes)
        report(`${received} bytes in ${idleMs} ms, of at least ${minBytes}`);
    });
  }, idleMs);

  return {
    count: (bytes) => {
      total += bytes;
      idle.refresh();
    },
    stop,
  };
}
