import { type LoadResult, load, type Shot } from './load.ts';
import type { Goal, ResultRow } from './report.ts';
import type { Server } from './server.ts';

/** One kind of work under load. */
export interface LoadWork {
  readonly name: string;
  readonly start: () => Promise<Server>;
  readonly shots: (url: string, count: number) => Promise<readonly Shot[]>;
}

const requests = 256;

/** Measures a new service under `inFlight` clients. */
async function run({ start, shots }: LoadWork, inFlight: number): Promise<LoadResult & { peakMb: number }> {
  const service = await start();
  try {
    const all = await shots(service.url, requests);
    await load(all.slice(0, 24), 4);
    return { ...(await load(all, inFlight)), peakMb: (await service.usage()).peakMb };
  } finally {
    await service.stop();
  }
}

const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b) / numbers.length;

/** One row for several runs: means, but the worst value where there is an upper bound. */
function rowOf(name: string, inFlight: number, runs: readonly Awaited<ReturnType<typeof run>>[]) {
  const all = (key: Exclude<keyof LoadResult, 'statuses'> | 'peakMb') => runs.map((one) => one[key]);
  const answers = (status: number) => runs.reduce((sum, { statuses }) => sum + (statuses[status] ?? 0), 0);
  return {
    work: name,
    'in flight': inFlight,
    rate: mean(all('rate')),
    p50: mean(all('p50')),
    p99: Math.max(...all('p99')),
    first: Math.max(...all('firstMs')),
    'peak MB': Math.max(...all('peakMb')),
    '200s': answers(200),
    '503s': answers(503),
    lost: answers(0),
  };
}

/** Rate, latency and memory with 4 and 32 requests in flight, in turn on new processes, with their goals. */
export async function loadRows(work: LoadWork) {
  const [before, ...between] = [await run(work, 4), await run(work, 32), await run(work, 32)];
  const few = rowOf(work.name, 4, [before, await run(work, 4)]);
  const many = rowOf(work.name, 32, between);
  const rate: Goal = {
    what: `${work.name}: rate at 32 in flight against 4`,
    value: many.rate / few.rate,
    bound: 0.95,
    is: 'at least',
  };
  const lost: Goal = {
    what: `${work.name}: requests without an answer`,
    value: few.lost + many.lost,
    bound: 0,
    is: 'at most',
  };
  return { few, many, rows: [few, many] satisfies readonly ResultRow[], targets: [rate, lost] };
}
