import { expect, test } from '@jest/globals';
import { Problem, type ProblemCode } from '../../common/problem.ts';
import {
  answerFailedTask,
  answerRefusal,
  decideRetry,
  type RetryDecision,
  requestRetry,
} from '../../convert_batch/run/retry.ts';

const failures: readonly [code: ProblemCode, retries: number, decision: RetryDecision, status: number][] = [
  ['corrupt_image', 0, 'dead_letter', 200],
  ['name_taken', 5, 'dead_letter', 200],
  ['storage_unavailable', 0, 'again', 503],
  ['storage_unavailable', 6, 'again', 503],
  ['storage_unavailable', 7, 'dead_letter', 503],
  ['too_busy', 9, 'dead_letter', 503],
  ['rate_limited', 0, 'again', 429],
  ['internal', 0, 'again', 503],
];

test.each(failures)('%s after %i retries of 8 attempts: %s, status %i', (code, retries, decision, status) => {
  const problem = new Problem(code, 'why');
  expect(decideRetry(problem, { retries, maxAttempts: 8 })).toBe(decision);
  expect(answerFailedTask(problem).status).toBe(status);
});

test('a retry is requested after the time that the problem names', () => {
  const problem = new Problem('too_busy', 'why', { retryAfter: 3 });
  expect(requestRetry(problem)).toEqual({ status: 503, text: 'why', headers: { 'retry-after': '3' } });
});

const refusals: readonly [code: ProblemCode, isTask: boolean, status: number][] = [
  ['invalid_param', true, 200],
  ['missing_param', true, 200],
  ['too_large', true, 200],
  ['invalid_param', false, 400],
  ['unauthorized', true, 401],
  ['forbidden', true, 403],
];

test.each(refusals)('a request refused with %s (task: %p) is answered %i', (code, isTask, status) => {
  expect(answerRefusal(new Problem(code, 'why'), isTask).status).toBe(status);
});
