import { type AttemptOutcome, isDone, rpcStatus } from './attempt.ts';
import { backoffMs, isExhausted } from './retry.ts';
import type { QueueSettings } from './settings.ts';
import type { AttemptRecord, History, QueuedTask } from './task.ts';

/** The next step of a task after an attempt. */
export type NextStep =
  | { readonly state: 'done' | 'dropped' }
  | { readonly state: 'again'; readonly dueMs: number };

export function recordStart({ history, dueMs }: QueuedTask, nowMs: number): History {
  const attempt: AttemptRecord = { scheduledMs: dueMs, dispatchedMs: nowMs };
  const first = history.first ?? attempt;
  return { ...history, dispatches: history.dispatches + 1, first, last: attempt };
}

export function recordEnd(history: History, outcome: AttemptOutcome, nowMs: number): History {
  const { httpStatus } = outcome;
  const status = rpcStatus(outcome);
  const last = history.last && { ...history.last, status };
  if (httpStatus === undefined) return { ...history, retryReason: status.message, last };
  return {
    ...history,
    responses: history.responses + 1,
    executions: history.executions + (httpStatus >= 500 ? 0 : 1),
    previousResponse: httpStatus,
    retryReason: status.message,
    last: last && { ...last, respondedMs: nowMs },
  };
}

export function decideNext(
  history: History,
  outcome: AttemptOutcome,
  at: { queue: QueueSettings; nowMs: number },
): NextStep {
  if (isDone(outcome)) return { state: 'done' };
  const ageMs = at.nowMs - (history.first?.dispatchedMs ?? at.nowMs);
  if (isExhausted(history.dispatches, ageMs, at.queue)) return { state: 'dropped' };
  const waitMs = Math.max(backoffMs(history.dispatches, at.queue), outcome.retryAfterMs);
  return { state: 'again', dueMs: at.nowMs + waitMs };
}
