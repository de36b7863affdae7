/**
 * Decides whether a task is tried again, and answers the queue. The queue repeats a task until it gets a 2xx or has used up
 * its attempts; on 429 and 503 it slows down. The column `retry` in common/problem.ts says which failures may pass by
 * themselves.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Problem, ProblemCode } from '../../common/problem.ts';

/** An answer to the queue's request. */
export interface QueueAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface QueueAttempts {
  /** How often the queue has sent the task before. */
  readonly retries: number;
  readonly maxAttempts: number;
}

/** `again`: the queue sends the task again. `dead_letter`: the failure is final and gets a record. */
export type RetryDecision = 'again' | 'dead_letter';

/** Only a failure that may pass by itself is tried again, and only while the queue has attempts left. */
export const decideRetry = ({ retry }: Problem, { retries, maxAttempts }: QueueAttempts): RetryDecision =>
  retry && retries + 1 < maxAttempts ? 'again' : 'dead_letter';

/** How often the queue has sent the task before, as its header says. */
export const readRetries = (headers: IncomingHttpHeaders): number =>
  Number(headers['x-cloudtasks-taskretrycount']) || 0;

/** The task is done. */
export const done: QueueAnswer = { status: 200, text: 'ok' };

/** The queue sends the task again. */
export function requestRetry({ status, message, retryAfter }: Problem): QueueAnswer {
  const headers = retryAfter === undefined ? undefined : { 'retry-after': String(retryAfter) };
  return { status: status === 429 ? 429 : 503, text: message, ...(headers ? { headers } : {}) };
}

/**
 * The answer after a failure that is written down, or will be tried again. After the last attempt of a failure that may
 * pass, the queue drops the task by itself.
 */
export const answerFailedTask = (problem: Problem): QueueAnswer =>
  problem.retry ? requestRetry(problem) : { status: 200, text: `recorded: ${problem.code}` };

/** A task with one of these faults can never be read. */
const unreadable: readonly ProblemCode[] = ['invalid_param', 'missing_param', 'too_large'];

/** The answer to a request that was refused before it was read as a job. An unreadable task is acknowledged. */
export const answerRefusal = (problem: Problem, isTask: boolean): QueueAnswer =>
  isTask && unreadable.includes(problem.code)
    ? { status: 200, text: `refused: ${problem.code}` }
    : { status: problem.status, text: problem.message, headers: { connection: 'close' } };
