import { allocatorVariables } from '../engine/settings.ts';
import { type MeasuredChild, startMeasured } from './child.ts';
import { cpuPerRequest, inTurn } from './cpu.ts';
import { findWorkload, type Workload, workloads } from './kinds.ts';
import { load, type Shot } from './load.ts';
import { loadRows } from './load_rows.ts';
import { pictures } from './pictures.ts';
import { type Goal, geometricMean, median, type ResultRow, type Section } from './report.ts';
import { type Server, startHttpServer } from './server.ts';

const distinct = 6;
const rounds = 9;
const requests = 40;
const warmUpRequests = 2_000;

/** The service with the on-the-fly door only. */
const startService = (): Promise<Server> =>
  startHttpServer('convert_stream/main.ts', {
    ...allocatorVariables,
    DOORS: 'onthefly',
    LOG_LEVEL: 'error',
    API_KEY: '',
    CONVERSIONS: '2',
  });

const startBare = (): Promise<Server> => startHttpServer('bench/peers/bare.ts', { CONVERSIONS: '2' });

const shotsOf = async (
  kind: Workload,
  url: string,
  count: number,
  extra: Readonly<Record<string, string>> = {},
): Promise<Shot[]> => {
  const all = await pictures(kind.input, distinct);
  return Array.from({ length: count }, (_, at) => ({
    method: 'POST',
    url: url + kind.query,
    headers: { 'content-type': 'application/octet-stream', ...extra },
    body: all[at % all.length] ?? Buffer.alloc(0),
  }));
};

interface Servers {
  readonly service: Server;
  readonly bare: Server;
  readonly loop: MeasuredChild;
}

/** CPU per request: the service, the bare handler and the loop, in turn. */
async function cpuRow(
  kind: Workload,
  { service, bare, loop }: Servers,
): Promise<ResultRow & { readonly work: string; readonly 'of bare': number; readonly 'of loop': number }> {
  const toService = await shotsOf(kind, service.url, requests);
  const toBare = await shotsOf(kind, bare.url, requests, { 'x-kind': kind.name });
  await load(toService, 4);
  await load(toBare, 4);
  const figures = await inTurn(rounds, {
    service: () => cpuPerRequest(service, toService, 4),
    bare: () => cpuPerRequest(bare, toBare, 4),
    loop: async () => {
      const { cpuMs } = (await loop.ask({ kind: kind.name, distinct, count: requests })) as { cpuMs: number };
      return cpuMs / requests;
    },
  });
  const ratios = (to: readonly number[]): number =>
    median(figures.service.map((ms, at) => ms / (to[at] ?? Number.NaN)));
  return {
    work: kind.name,
    'service ms': median(figures.service),
    'bare ms': median(figures.bare),
    'loop ms': median(figures.loop),
    'of bare': ratios(figures.bare),
    'of loop': ratios(figures.loop),
  };
}

type CpuRow = Awaited<ReturnType<typeof cpuRow>>;

const mostOfBare = 1.05;
/** A small picture leaves the least time to sharp. */
const mostOfLoop = (work: string): number => (work === 'resize 300 small' ? 1.35 : 1.15);

const goalsOf = (row: CpuRow): readonly Goal[] => [
  {
    what: `CPU of ${row.work} against the bare handler`,
    value: row['of bare'],
    bound: mostOfBare,
    is: 'at most',
  },
  {
    what: `CPU of ${row.work} against the loop`,
    value: row['of loop'],
    bound: mostOfLoop(row.work),
    is: 'at most',
  },
];

/** Until V8 has compiled what each server runs, as it has in one that has been running for a minute. */
async function warmUp({ service, bare }: Pick<Servers, 'service' | 'bare'>): Promise<void> {
  const kind = findWorkload('resize 300 small');
  await load(await shotsOf(kind, service.url, warmUpRequests), 4);
  await load(await shotsOf(kind, bare.url, warmUpRequests, { 'x-kind': kind.name }), 4);
}

export async function ontheflyCpu(): Promise<Section> {
  const servers: Servers = {
    service: await startService(),
    bare: await startBare(),
    loop: await startMeasured('bench/peers/loop.ts', [], {}),
  };
  try {
    await warmUp(servers);
    const rows: CpuRow[] = [];
    for (const kind of workloads) rows.push(await cpuRow(kind, servers));
    const mean = geometricMean(rows.map((row) => row['of bare']));
    const targets = rows.flatMap(goalsOf);
    return {
      name: 'onthefly-cpu',
      rows: [
        ...rows,
        { work: 'geometric mean', 'of bare': mean },
        { work: 'worst', 'of bare': Math.max(...rows.map((row) => row['of bare'])) },
      ],
      targets,
    };
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}

/** The rate at 32 in flight against that of the bare handler, in turn. Shorter runs differ by a tenth. */
async function rateOfBare(name: string): Promise<number> {
  const service = await startService();
  const bare = await startBare();
  try {
    await warmUp({ service, bare });
    const mine = await shotsOf(findWorkload(name), service.url, 384);
    const theirs = await shotsOf(findWorkload(name), bare.url, 384, { 'x-kind': name });
    const rates = await inTurn(rounds, {
      service: async () => (await load(mine, 32)).rate,
      bare: async () => (await load(theirs, 32)).rate,
    });
    return median(rates.service.map((rate, at) => rate / (rates.bare[at] ?? Number.NaN)));
  } finally {
    await Promise.all([service.stop(), bare.stop()]);
  }
}

export async function ontheflyLoad(): Promise<Section> {
  const rows: ResultRow[] = [];
  const targets: Goal[] = [];
  for (const name of ['resize 300', 'nextcloud pipeline', 'resize webp', 'resize to avif']) {
    const shots = (url: string, count: number) => shotsOf(findWorkload(name), url, count);
    const measured = await loadRows({ name, start: startService, shots });
    rows.push(...measured.rows);
    targets.push(...measured.targets);
  }
  const value = await rateOfBare('resize 300');
  targets.push({
    what: 'resize 300: rate of the bare handler, 32 in flight',
    value,
    bound: 0.97,
    is: 'at least',
  });
  return { name: 'onthefly-load', rows, targets };
}

/** Throughput compared with another server of the same API, under the same load, in turn. */
export async function peer(peerUrl: string): Promise<Section> {
  const service = await startService();
  try {
    const rows: ResultRow[] = [];
    for (const kind of workloads.filter(({ mime }) => mime !== 'image/avif')) {
      const mine = await shotsOf(kind, service.url, requests);
      const theirs = await shotsOf(kind, peerUrl, requests);
      const figures = await inTurn(rounds, {
        service: async () => (await load(mine, 4)).rate,
        peer: async () => (await load(theirs, 4)).rate,
      });
      const ratio = median(figures.service.map((rate, at) => rate / (figures.peer[at] ?? Number.NaN)));
      rows.push({ work: kind.name, service: median(figures.service), peer: median(figures.peer), ratio });
    }
    const ratios = rows.map(({ ratio }) => Number(ratio));
    const all = { work: 'geometric mean', ratio: geometricMean(ratios) };
    return {
      name: 'onthefly-peer',
      rows: [...rows, all, { work: 'worst', ratio: Math.min(...ratios) }],
      targets: [],
    };
  } finally {
    await service.stop();
  }
}
