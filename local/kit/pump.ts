/** Takes due work from a store and runs it with limited concurrency. */
export type Pump<Work> = {
  /** Looks for work now. Call it when work was added or changed; the pump's timer also calls it. */
  readonly wake: () => void;
  /** Runs this item at once, regardless of the limits. */
  readonly run: (work: Work) => void;
  /** Takes no more work; running work continues. */
  readonly stop: () => void;
};

type Parts<Work> = {
  readonly slots: () => number;
  /** The next item that may start now. `work` must mark it as taken before it returns its promise. */
  readonly take: () => Work | undefined;
  /** Milliseconds until more work is due; undefined: never. */
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
