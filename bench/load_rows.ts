import { load, type Shot } from './load.ts';
import type { Row, Target } from './report.ts';
import type { Server } from './server.ts';

/** One kind of work under load. */
export interface LoadWork {
  readonly name: string;
  readonly start: () => Promise<Server>;
  readonly shots: (url: string, count: number) => Promise<readonly Shot[]>;
}

/** As many for few clients as for many, so that both rows last as long. */
const requests = 512;

/** A fresh service under `inFlight` clients. */
async function loadRow({ name, start, shots }: LoadWork, inFlight: number) {
  const service = await start();
  try {
    const all = await shots(service.url, requests);
    await load(all.slice(0, 24), 4);
    const { rate, p50, p99, firstMs, statuses } = await load(all, inFlight);
    const { peakMb } = await service.usage();
    const lost = statuses[0] ?? 0;
    const answers = JSON.stringify(statuses);
    return {
      work: name,
      'in flight': inFlight,
      rate,
      p50,
      p99,
      first: firstMs,
      'peak MB': peakMb,
      answers,
      lost,
    };
  } finally {
    await service.stop();
  }
}

/** Rate, latency and memory at 4 and at 32 in flight, each on a fresh process, and what is to be reached. */
export async function loadRows(work: LoadWork) {
  const few = await loadRow(work, 4);
  const many = await loadRow(work, 32);
  const rate: Target = {
    what: `${work.name}: rate at 32 in flight against 4`,
    value: many.rate / few.rate,
    bound: 0.95,
    is: 'at least',
  };
  const lost: Target = {
    what: `${work.name}: requests without an answer`,
    value: few.lost + many.lost,
    bound: 0,
    is: 'at most',
  };
  return { few, many, rows: [few, many] satisfies readonly Row[], targets: [rate, lost] };
}
