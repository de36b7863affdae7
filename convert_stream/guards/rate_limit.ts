import { Problem } from '../../common/problem.ts';
import type { Guard } from '../http/exchange.ts';

export interface RateLimitOptions {
  readonly perSecond: number;
  /** Requests, beyond the first, that may arrive at once. */
  readonly burst: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * Limits the rate by the generic cell rate algorithm, with one bucket for each path and method, shared by all clients.
 * A bucket is the time at which it will be empty again.
 */
export function rateLimitGuard({ perSecond, burst, now }: RateLimitOptions): Guard {
  const interval = 1000 / perSecond;
  const depth = interval * (burst + 1);
  const emptyAt = new Map<string, number>();
  return ({ req, res, endpoint }) => {
    const bucket = `${req.method} ${endpoint.kind === 'unknown' ? '' : endpoint.name}`;
    const time = now();
    const next = Math.max(emptyAt.get(bucket) ?? 0, time) + interval;
    const isRefused = next - depth > time;
    if (!isRefused) emptyAt.set(bucket, next);
    const level = (isRefused ? next - interval : next) - time;
    res.setHeader('x-ratelimit-limit', burst + 1);
    res.setHeader('x-ratelimit-remaining', Math.max(0, Math.floor((depth - level) / interval)));
    res.setHeader('x-ratelimit-reset', Math.ceil(level / 1000));
    if (!isRefused) return undefined;
    const retryAfter = Math.ceil((next - depth - time) / 1000);
    throw new Problem('rate_limited', 'limit exceeded', { retryAfter });
  };
}
