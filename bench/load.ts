import { Agent, request } from 'undici';

export interface Shot {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface LoadResult {
  /** Responses by status; 0 is a request without a response. */
  readonly statuses: Readonly<Record<number, number>>;
  /** 200s per second, from the first responses of all clients until the first client has nothing left to send. */
  readonly rate: number;
  /** Of the 200s, from first byte sent to last byte read, without waits for Retry-After. */
  readonly p50: number;
  readonly p99: number;
  /** The longest of the clients' first 200s, when all start at once. The other times exclude them. */
  readonly firstMs: number;
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const longestPauseMs = 2000;
const mostAttempts = 20;
const refusals = [429, 503];

interface Fired {
  /** 0 without a response. */
  readonly status: number;
  readonly ms: number;
  /** Wait before the retry; undefined: no retry. */
  readonly pauseMs?: number;
}

async function fire({ url, ...options }: Shot, dispatcher: Agent): Promise<Fired> {
  const began = performance.now();
  const answer = await request(url, { ...options, dispatcher }).catch(() => undefined);
  await answer?.body.arrayBuffer();
  const ms = performance.now() - began;
  if (answer === undefined) return { status: 0, ms };
  const { statusCode: status, headers } = answer;
  const retryAfter = Number(headers['retry-after'] ?? Number.NaN);
  const isRefused = refusals.includes(status) && !Number.isNaN(retryAfter);
  return { status, ms, ...(isRefused ? { pauseMs: Math.min(retryAfter * 1000, longestPauseMs) } : {}) };
}

/** Sends a shot until it gets a final response or has been refused too often. Reports every try. */
async function insist(shot: Shot, agent: Agent, told: (fired: Fired) => void): Promise<void> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const fired = await fire(shot, agent);
    told(fired);
    if (fired.pauseMs === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, fired.pauseMs));
  }
}

/**
 * Closed-loop clients: each of `inFlight` clients sends its next request after the response to the last one, and
 * repeats after a 429 or 503 with Retry-After. Ends when each of `shots` has a final response or has been given up.
 */
export async function load(shots: readonly Shot[], inFlight: number): Promise<LoadResult> {
  const agent = new Agent({
    connections: inFlight,
    pipelining: 1,
    headersTimeout: 120_000,
    bodyTimeout: 120_000,
  });
  const statuses: Record<number, number> = {};
  const first: number[] = [];
  const times: number[] = [];
  const now = () => ({ ms: performance.now(), answered: first.length + times.length });
  const steady: ReturnType<typeof now>[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    let mine = first;
    for (let shot = shots[next++]; shot !== undefined; shot = shots[next++]) {
      await insist(shot, agent, ({ status, ms }) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (status === 200) mine.push(ms);
        if (steady.length === 0 && now().answered === inFlight) steady.push(now());
      });
      mine = times;
    }
    if (steady.length === 1) steady.push(now());
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  await agent.close();
  const [from = now(), to = now()] = steady;
  times.sort((a, b) => a - b);
  return {
    statuses,
    rate: ((to.answered - from.answered) / (to.ms - from.ms)) * 1000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    firstMs: Math.max(...first),
  };
}
