import { type Child, startChild, untilReady } from './child.ts';
import { cpuPerRequest, inTurn } from './cpu.ts';
import { type Kind, kindNamed, kinds } from './kinds.ts';
import { load, type Shot } from './load.ts';
import { pictures } from './pictures.ts';
import { freePort } from './ports.ts';
import { geometricMean, median, type Row, type Section, type Target } from './report.ts';

const distinct = 6;
const rounds = 5;
const requests = 40;

async function startServer(
  entry: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Child & { url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild(entry, [], { PORT: String(port), CONVERSIONS: '2', ...env });
  await untilReady(`${url}/healthz`);
  return { ...child, url };
}

/** The service as the on-the-fly door, nothing else configured. */
const startService = (): ReturnType<typeof startServer> =>
  startServer('convert_stream/main.ts', { DOORS: 'onthefly', LOG_LEVEL: 'error', API_KEY: '' });

const shotsOf = async (
  kind: Kind,
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
  readonly service: Child & { url: string };
  readonly bare: Child & { url: string };
  readonly loop: Child;
}

/** CPU per request: the service, the bare handler and the loop, in turn. */
async function cpuRow(
  kind: Kind,
  { service, bare, loop }: Servers,
): Promise<Row & { readonly 'of bare': number }> {
  const toService = await shotsOf(kind, service.url, requests);
  const toBare = await shotsOf(kind, bare.url, requests, { 'x-kind': kind.name });
  await load(toService.slice(0, 6), 2);
  await load(toBare.slice(0, 6), 2);
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

/** Rate, latency and memory at 4 and at 32 in flight, each on a fresh process. */
async function loadRow(
  kind: Kind,
  inFlight: number,
): Promise<
  Row & { readonly rate: number; readonly p50: number; readonly p99: number; readonly lost: number }
> {
  const service = await startService();
  try {
    const shots = await shotsOf(kind, service.url, inFlight * 12);
    await load(shots.slice(0, 8), 4);
    const result = await load(shots, inFlight);
    const { peakMb } = await service.usage();
    return {
      work: kind.name,
      'in flight': inFlight,
      rate: result.rate,
      p50: result.p50,
      p99: result.p99,
      'peak MB': peakMb,
      statuses: JSON.stringify(result.statuses),
      lost: result.statuses[0] ?? 0,
    };
  } finally {
    await service.stop();
  }
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
    bare: await startServer('bench/peers/bare.ts'),
    loop: await startChild('bench/peers/loop.ts', [], {}),
  };
  try {
    const rows: (Row & { readonly 'of bare': number })[] = [];
    for (const kind of kinds) rows.push(await cpuRow(kind, servers));
    const mean = geometricMean(rows.map((row) => row['of bare']));
    const targets = rows.flatMap((row): Target[] => {
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
  const rows: Row[] = [];
  const targets: Target[] = [];
  for (const name of ['resize 300', 'nextcloud pipeline', 'resize webp', 'resize to avif']) {
    const kind = kindNamed(name);
    const few = await loadRow(kind, 4);
    const many = await loadRow(kind, 32);
    rows.push(few, many);
    targets.push(
      {
        what: `${name}: rate at 32 in flight against 4`,
        value: many.rate / few.rate,
        bound: 0.95,
        is: 'at least',
      },
      { what: `${name}: requests without an answer`, value: few.lost + many.lost, bound: 0, is: 'at most' },
    );
  }
  return { name: 'onthefly-load', rows, targets };
}

/** Throughput against another server that speaks the same API, under the same load, in turn. */
export async function peer(peerUrl: string): Promise<Section> {
  const service = await startService();
  try {
    const rows: Row[] = [];
    for (const kind of kinds.filter(({ mime }) => mime !== 'image/avif')) {
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
