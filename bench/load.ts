import { Agent, request } from 'undici';

export interface Shot {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface LoadResult {
  /** Answers by status; 0 is a request without an answer. */
  readonly statuses: Readonly<Record<number, number>>;
  /** 200s a second while every client was at work: until the first one found nothing left to send. */
  readonly rate: number;
  /** Of the 200s, first byte sent to last byte read, waiting for Retry-After left out. */
  readonly p50: number;
  readonly p99: number;
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const longestPauseMs = 2000;

/**
 * Closed-loop clients: `inFlight` of them, each sends its next request when the last is answered; a 429 or 503
 * is tried again after its Retry-After. Ends after `shots` have each been answered once (or given up on).
 */
export async function load(shots: readonly Shot[], inFlight: number): Promise<LoadResult> {
  const agent = new Agent({
    connections: inFlight,
    pipelining: 1,
    headersTimeout: 120_000,
    bodyTimeout: 120_000,
  });
  const statuses: Record<number, number> = {};
  const times: number[] = [];
  let next = 0;

  const fire = async (shot: Shot): Promise<number> => {
    const began = performance.now();
    const { url, ...options } = shot;
    const answer = await request(url, { ...options, dispatcher: agent }).catch(() => undefined);
    if (answer === undefined) return 0;
    await answer.body.arrayBuffer();
    statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
    if (answer.statusCode === 200) times.push(performance.now() - began);
    const retryAfter = Number(answer.headers['retry-after'] ?? Number.NaN);
    if (![429, 503].includes(answer.statusCode) || Number.isNaN(retryAfter)) return -1;
    return Math.min(retryAfter * 1000, longestPauseMs);
  };

  let steady: { readonly ms: number; readonly answered: number } | undefined;
  const client = async (): Promise<void> => {
    for (let shot = shots[next++]; shot !== undefined; shot = shots[next++]) {
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const pauseMs = await fire(shot);
        if (pauseMs === 0) statuses[0] = (statuses[0] ?? 0) + 1;
        if (pauseMs <= 0) break;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    steady ??= { ms: performance.now() - began, answered: times.length };
  };

  const began = performance.now();
  await Promise.all(Array.from({ length: inFlight }, client));
  const { ms, answered } = steady ?? { ms: performance.now() - began, answered: times.length };
  await agent.close();
  times.sort((a, b) => a - b);
  return {
    statuses,
    rate: (answered / ms) * 1000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}
