import type { QueueSettings } from './settings.ts';

type Backoff = Pick<QueueSettings, 'minBackoffMs' | 'maxBackoffMs' | 'maxDoublings'>;
type Ends = Pick<QueueSettings, 'maxAttempts' | 'maxRetryDurationMs'>;

/**
 * Wait after the `attempts`-th failed attempt: doubles `maxDoublings` times, then grows by the last
 * doubled step, up to the maximum (10, 20, 40, 80, 160, 240, 300, 300 in Google's own example).
 */
export function backoffMs(attempts: number, { minBackoffMs, maxBackoffMs, maxDoublings }: Backoff): number {
  const doublings = Math.min(attempts - 1, maxDoublings);
  const steps = 1 + Math.max(0, attempts - 1 - maxDoublings);
  return Math.min(maxBackoffMs, minBackoffMs * 2 ** doublings * steps);
}

/** Whether the task has no more attempts. With both limits set, both must be reached. */
export function isExhausted(attempts: number, ageMs: number, { maxAttempts, maxRetryDurationMs }: Ends) {
  const isOld = ageMs >= maxRetryDurationMs;
  if (maxAttempts < 0) return maxRetryDurationMs > 0 && isOld;
  return attempts >= maxAttempts && isOld;
}
