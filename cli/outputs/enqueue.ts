import { randomBytes } from 'node:crypto';
import type { Enqueued, Task } from '../../cloud/tasks.ts';
import type { Job } from '../../convert_batch/job.ts';
import { newTraceparent, taskFor } from '../../convert_batch/task.ts';
import type { Target } from '../target/target.ts';

/** Where jobs are ordered by hand. */
export interface Orders {
  /** @throws Problem `queue_unavailable`, `invalid_param`. */
  readonly order: (jobs: readonly Job[]) => Promise<readonly Enqueued[]>;
  readonly close: () => Promise<void>;
}

const traceparent = (): string => newTraceparent((bytes) => randomBytes(bytes).toString('hex'));

/** The queue of a target; each order is a trace of its own. @throws Problem `missing_param`. */
export function openOrders(target: Target): Orders {
  const runUrl = target.runUrl();
  const queue = target.openQueue();
  const task = (job: Job): Task => taskFor({ ...job, traceparent: traceparent() }, runUrl);
  return { order: (jobs) => queue.enqueue(jobs.map(task)), close: () => queue.close() };
}
