/** What an upload must keep up. */
export interface PaceOptions {
  /** Longest pause between two pieces. */
  readonly idleMs: number;
  /** Fewest bytes in any `idleMs`, from the second one on; the first is the grace time of a slow start. */
  readonly least: number;
  /** Called once at most, with the reason. */
  readonly late: (reason: string) => void;
}

export interface Pace {
  /** So many bytes have come. */
  came(bytes: number): void;
  stop(): void;
}

/** Watches that a body comes at a pace: neither stands still nor trickles. */
export function watchPace({ idleMs, least, late }: PaceOptions): Pace {
  let total = 0;
  let before = 0;
  let isOver = false;

  const stop = (): void => {
    isOver = true;
    clearTimeout(idle);
    clearInterval(rate);
  };
  const give = (reason: string): void => {
    if (isOver) return;
    stop();
    late(reason);
  };
  // Timers run before sockets are read: after a long turn of the event loop the bytes may be there already.
  const idle = setTimeout(() => {
    const seen = total;
    setImmediate(() => (total === seen ? give(`nothing for ${idleMs} ms`) : idle.refresh()));
  }, idleMs);
  let periods = 0;
  const rate = setInterval(() => {
    setImmediate(() => {
      periods += 1;
      const came = total - before;
      before = total;
      if (periods > 1 && came < least) give(`${came} bytes in ${idleMs} ms, of at least ${least}`);
    });
  }, idleMs);

  return {
    came: (bytes) => {
      total += bytes;
      idle.refresh();
    },
    stop,
  };
}
