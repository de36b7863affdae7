/** Takes due work from a store and keeps at most so much of it running. */
export type Pump<Work> = {
  /** Looks for work now: after something came or changed, or by its own alarm. */
  readonly wake: () => void;
  /** Does this piece at once, whatever the limits. */
  readonly run: (work: Work) => void;
  /** Takes no more; what runs goes on. */
  readonly stop: () => void;
};

type Parts<Work> = {
  readonly slots: () => number;
  /** The next piece that may start now. It must be marked as taken by the time `work` returns. */
  readonly take: () => Work | undefined;
  /** Milliseconds until `take` may have more by the mere passing of time; undefined for never. */
  readonly waitMs: () => number | undefined;
  readonly work: (work: Work) => Promise<void>;
};

const longestSleepMs = 60_000;

export function startPump<Work>({ slots, take, waitMs, work }: Parts<Work>): Pump<Work> {
  let running = 0;
  let isStopped = false;
  let alarm: NodeJS.Timeout | undefined;

  function run(piece: Work) {
    running += 1;
    work(piece).finally(() => {
      running -= 1;
      wake();
    });
  }

  function wake() {
    clearTimeout(alarm);
    while (!isStopped && running < slots()) {
      const piece = take();
      if (piece === undefined) return sleep(waitMs());
      run(piece);
    }
  }

  function sleep(ms: number | undefined) {
    if (ms !== undefined) alarm = setTimeout(wake, Math.min(Math.max(1, Math.ceil(ms)), longestSleepMs));
  }

  function stop() {
    isStopped = true;
    clearTimeout(alarm);
  }

  return { wake, run, stop };
}
