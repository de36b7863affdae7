import { randomBytes } from 'node:crypto';
import type { Enqueued, Task } from '../../cloud/tasks.ts';
import type { Job } from '../../convert_batch/job.ts';
import { newTraceparent, taskFor } from '../../convert_batch/task.ts';
import type { Target } from '../target/target.ts';

/** The target's queue, for jobs that a command queues by hand. */
export interface Enqueuer {
  /** @throws Problem `queue_unavailable`, `invalid_param`. */
  readonly enqueue: (jobs: readonly Job[]) => Promise<readonly Enqueued[]>;
  readonly close: () => Promise<void>;
}

const traceparent = (): string => newTraceparent((bytes) => randomBytes(bytes).toString('hex'));

/** Each job gets a trace of its own. @throws Problem `missing_param`. */
export function openEnqueuer(target: Target): Enqueuer {
  const runUrl = target.runUrl();
  const queue = target.openQueue();
  const task = (job: Job): Task => taskFor({ ...job, traceparent: traceparent() }, runUrl);
  return { enqueue: (jobs) => queue.enqueue(jobs.map(task)), close: () => queue.close() };
}
