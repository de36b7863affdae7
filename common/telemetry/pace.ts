export interface PaceOptions {
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  /** Least time between two flushes. */
  readonly gapMs: number;
}

/** Lets work run now and then: what comes too early is left out. */
export function createPace({ now, gapMs }: PaceOptions) {
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    /** How long it must wait still. */
    restMs: (): number => Math.max(0, lastMs + gapMs - now()),
    begin: (): void => {
      lastMs = now();
    },
  };
}
