import { setTimeout as sleep } from 'node:timers/promises';
import { Problem, type ProblemCode } from '../common/problem.ts';

/** The code of each status of Cloud Storage; any other status is `internal`. */
const codes: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid_param',
  404: 'not_found',
  408: 'storage_unavailable',
  412: 'superseded',
  429: 'storage_unavailable',
};

/** The HTTP status of a client's error: a number, or text in errors of its HTTP layer. Undefined without a response. */
export function statusOf(error: unknown): number | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return /^[1-5]\d\d$/.test(String(code)) ? Number(code) : undefined;
}

/** Turns the client's error into a Problem. Without a status there was no complete response, or it was damaged. */
function asStorageProblem(error: unknown, what: string): Problem {
  if (error instanceof Problem) return error;
  const status = statusOf(error);
  const isUnavailable = status === undefined || status >= 500;
  const code = isUnavailable ? 'storage_unavailable' : (codes[status] ?? 'internal');
  return new Problem(code, `${what}: ${reasons[code] ?? `storage answered ${status}`}`, { cause: error });
}

const reasons: Partial<Record<ProblemCode, string>> = {
  not_found: 'there is no such object',
  superseded: 'the object has another generation now',
  storage_unavailable: 'storage is not available; try again later',
};

export interface RetryOptions {
  /** Waits before the second and later attempts, in milliseconds. */
  readonly retryDelaysMs: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Repeats `work` while storage is not available. `isAgain`: an earlier attempt may have succeeded although its response
 * was lost.
 */
export async function withRetries<T>(
  what: string,
  { retryDelaysMs, signal }: RetryOptions,
  work: (isAgain: boolean) => Promise<T>,
): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await work(tried > 0);
    } catch (error) {
      const problem = asStorageProblem(error, what);
      const delayMs = retryDelaysMs[tried];
      if (problem.code !== 'storage_unavailable' || delayMs === undefined || signal?.aborted) throw problem;
      await sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => Promise.reject(problem));
    }
  }
}
