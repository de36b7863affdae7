import { type Pump, startPump } from '../kit/pump.ts';
import { burstOf, type Queue } from './settings.ts';
import type { TaskStore } from './store.ts';
import type { QueuedTask } from './task.ts';
import { fullBucket, type Rate, refill, type TokenBucket, takeOne, waitMs } from './token_bucket.ts';

export type Dispatcher = Pump<QueuedTask>;

type Parts = {
  readonly store: TaskStore;
  readonly queue: string;
  readonly now: () => number;
  /** Sends the task and records the outcome. */
  readonly send: (task: QueuedTask) => Promise<void>;
};

/** Sends one queue's due tasks within its limits of rate and concurrency. */
export function startDispatcher({ store, queue, now, send }: Parts): Dispatcher {
  let kept: TokenBucket | undefined;
  const active = (): Queue | undefined => {
    const settings = store.queue(queue);
    return settings?.paused ? undefined : settings;
  };

  function bucketAt(rate: Rate): TokenBucket {
    kept = refill(kept ?? fullBucket(rate, now()), rate, now());
    return kept;
  }

  return startPump({
    slots: () => active()?.maxConcurrentDispatches ?? 0,
    take() {
      const rate = rateOf(active());
      if (!rate) return undefined;
      const bucket = bucketAt(rate);
      const task = waitMs(bucket, rate) > 0 ? undefined : store.firstDue(queue, now());
      if (task) kept = takeOne(bucket);
      return task;
    },
    waitMs() {
      const rate = rateOf(active());
      const dueMs = store.nextDueMs(queue);
      if (!rate || dueMs === null) return undefined;
      return Math.max(dueMs - now(), waitMs(bucketAt(rate), rate));
    },
    work: send,
  });
}

function rateOf(settings: Queue | undefined): Rate | undefined {
  return settings && { perSecond: settings.maxDispatchesPerSecond, burst: burstOf(settings) };
}
