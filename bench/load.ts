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
  /** 200s a second, from the first answers of all clients until the first one found nothing left to send. */
  readonly rate: number;
  /** Of the 200s, first byte sent to last byte read, waiting for Retry-After left out. */
  readonly p50: number;
  readonly p99: number;
  /** The longest of the clients' first 200s, when all knock at once; the other times leave these out. */
  readonly firstMs: number;
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

const longestPauseMs = 2000;
const mostAttempts = 20;
const refusals = [429, 503];

interface Fired {
  /** 0 without an answer. */
  readonly status: number;
  readonly ms: number;
  /** Until it may be tried again; undefined where it need not be. */
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

/** Sends a shot until it is answered for good or has been refused too often; told of every try. */
async function insist(shot: Shot, agent: Agent, told: (fired: Fired) => void): Promise<void> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const fired = await fire(shot, agent);
    told(fired);
    if (fired.pauseMs === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, fired.pauseMs));
  }
}

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
