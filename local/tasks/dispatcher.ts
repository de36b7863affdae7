import { type Bucket, fullBucket, refill, takeOne, waitMs } from './bucket.ts';
import { burstOf, type Queue } from './settings.ts';
import type { TaskStore } from './store.ts';
import type { Task } from './task.ts';

export type Dispatcher = {
  /** Looks for work now: after a new task, a change of the queue, or its own alarm. */
  readonly wake: () => void;
  readonly run: (task: Task) => void;
  readonly stop: () => void;
};

type Parts = {
  readonly store: TaskStore;
  readonly queue: string;
  readonly now: () => number;
  /** Sends the task and records what came of it. */
  readonly send: (task: Task) => Promise<void>;
};

const longestSleepMs = 60_000;

/** Sends one queue's due tasks within its rate and its number of simultaneous dispatches. */
export function startDispatcher({ store, queue, now, send }: Parts): Dispatcher {
  let bucket: Bucket | undefined;
  let running = 0;
  let isStopped = false;
  let alarm: NodeJS.Timeout | undefined;

  function run(task: Task) {
    running += 1;
    send(task).finally(() => {
      running -= 1;
      wake();
    });
  }

  function wake() {
    clearTimeout(alarm);
    const settings = isStopped ? undefined : store.queue(queue);
    if (!settings || settings.paused) return;
    const sleepMs = dispatchDue(settings);
    if (sleepMs !== undefined) alarm = setTimeout(wake, Math.min(sleepMs, longestSleepMs));
  }

  /** Milliseconds until there may be more to do; undefined when only an event can bring it. */
  function dispatchDue(settings: Queue): number | undefined {
    const rate = { perSecond: settings.maxDispatchesPerSecond, burst: burstOf(settings) };
    bucket = refill(bucket ?? fullBucket(rate, now()), rate, now());
    while (running < settings.maxConcurrentDispatches) {
      const task = store.firstDue(queue, now());
      if (!task) return untilNext();
      if (waitMs(bucket, rate) > 0) return waitMs(bucket, rate);
      bucket = takeOne(bucket);
      run(task);
    }
    return undefined;
  }

  function untilNext(): number | undefined {
    const due = store.nextDueMs(queue);
    return due === null ? undefined : Math.max(1, Math.ceil(due - now()));
  }

  return {
    wake,
    run,
    stop() {
      isStopped = true;
      clearTimeout(alarm);
    },
  };
}
