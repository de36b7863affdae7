import { type Child, startChild } from './child.ts';
import { cpuPerRequest, inTurn } from './cpu.ts';
import { type Kind, kindNamed, kinds } from './kinds.ts';
import { load, type Shot } from './load.ts';
import { loadRows } from './load_rows.ts';
import { pictures } from './pictures.ts';
import { geometricMean, median, type Row, type Section, type Target } from './report.ts';
import { type Server, startServer } from './server.ts';

const distinct = 6;
const rounds = 9;
const requests = 40;

/** The service as the on-the-fly door, nothing else configured. */
const startService = (): Promise<Server> =>
  startServer('convert_stream/main.ts', {
    DOORS: 'onthefly',
    LOG_LEVEL: 'error',
    API_KEY: '',
    CONVERSIONS: '2',
  });

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
  readonly service: Server;
  readonly bare: Server;
  readonly loop: Child;
}

/** CPU per request: the service, the bare handler and the loop, in turn. */
async function cpuRow(
  kind: Kind,
  { service, bare, loop }: Servers,
): Promise<Row & { readonly 'of bare': number }> {
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
    bare: await startServer('bench/peers/bare.ts', { CONVERSIONS: '2' }),
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
    const shots = (url: string, count: number) => shotsOf(kindNamed(name), url, count);
    const measured = await loadRows({ name, start: startService, shots });
    rows.push(...measured.rows);
    targets.push(...measured.targets);
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
