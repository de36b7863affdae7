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

/** The service with the on-the-fly door only. */
const startService = (): Promise<Server> =>
  startHttpServer('convert_stream/main.ts', {
    DOORS: 'onthefly',
    LOG_LEVEL: 'error',
    API_KEY: '',
    CONVERSIONS: '2',
  });

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
): Promise<ResultRow & { readonly 'of bare': number }> {
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

const bounds: Readonly<Record<string, number>> = {
  'resize 300': 1.08,
  'crop 300x300': 1.08,
  'convert png to jpeg': 1.08,
  'nextcloud pipeline': 1.08,
};

export async function ontheflyCpu(): Promise<Section> {
  const servers: Servers = {
    service: await startService(),
    bare: await startHttpServer('bench/peers/bare.ts', { CONVERSIONS: '2' }),
    loop: await startMeasured('bench/peers/loop.ts', [], {}),
  };
  try {
    const rows: (ResultRow & { readonly 'of bare': number })[] = [];
    for (const kind of workloads) rows.push(await cpuRow(kind, servers));
    const mean = geometricMean(rows.map((row) => row['of bare']));
    const targets = rows.flatMap((row): Goal[] => {
      const bound = bounds[String(row.work)];
      return bound
        ? [
            {
              what: `CPU of ${row.work} against the bare handler`,
              value: row['of bare'],
              bound,
              is: 'at most',
            },
          ]
        : [];
    });
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

export async function ontheflyLoad(): Promise<Section> {
  const rows: ResultRow[] = [];
  const targets: Goal[] = [];
  for (const name of ['resize 300', 'nextcloud pipeline', 'resize webp', 'resize to avif']) {
    const shots = (url: string, count: number) => shotsOf(findWorkload(name), url, count);
    const measured = await loadRows({ name, start: startService, shots });
    rows.push(...measured.rows);
    targets.push(...measured.targets);
  }
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
