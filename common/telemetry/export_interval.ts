export interface ExportIntervalOptions {
  /** A clock in milliseconds; only differences are used. */
  readonly now: () => number;
  /** Shortest time between two exports. */
  readonly gapMs: number;
}

/** Keeps a minimum distance between exports. */
export function createExportInterval({ now, gapMs }: ExportIntervalOptions) {
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    /** Time until the next export may begin. */
    remainingMs: (): number => Math.max(0, lastMs + gapMs - now()),
    begin: (): void => {
      lastMs = now();
    },
  };
}
