import { FormData, Response } from 'undici';
import { type Child, startChild, untilReady } from './child.ts';
import { cpuPerRequest, inTurn } from './cpu.ts';
import { load, type Shot } from './load.ts';
import { type InputName, pictures } from './pictures.ts';
import { freePort } from './ports.ts';
import { geometricMean, median, type Row, type Section, type Target } from './report.ts';

interface InlineKind {
  readonly name: string;
  readonly input: InputName;
  readonly fields: Readonly<Record<string, string>>;
}

const kinds: readonly InlineKind[] = [
  { name: 'jpeg to jpg, 300 wide', input: 'jpeg', fields: { format: 'jpg', width: '300' } },
  { name: 'small jpeg to jpg', input: 'small', fields: { format: 'jpg' } },
  { name: 'small jpeg to webp', input: 'small', fields: { format: 'webp' } },
  { name: 'png with alpha to jpg', input: 'alpha', fields: { format: 'jpg' } },
  { name: 'png to png, 400 wide', input: 'png', fields: { format: 'png', width: '400' } },
  { name: 'webp to jpg', input: 'webp', fields: { format: 'jpg' } },
  { name: 'camera jpeg to webp, 800 wide', input: 'camera', fields: { format: 'webp', width: '800' } },
];

const distinct = 6;
const rounds = 5;
const requests = 30;

const environment = (storageUrl: string): Readonly<Record<string, string>> => ({
  PROJECT_ID: 'local-dev',
  GOOGLE_CLOUD_PROJECT: 'local-dev',
  METADATA_SERVER_DETECTION: 'none',
  STORAGE_EMULATOR_HOST: storageUrl,
  DEST_BUCKET_NAME: 'bench-dst',
  CDN_URL: 'https://cdn.example',
  CONVERSIONS: '2',
  LOG_LEVEL: 'silent',
});

type Server = Child & { readonly url: string };

async function start(entry: string, ready: string, env: Readonly<Record<string, string>>): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild(entry, [], { ...env, PORT: String(port) });
  await untilReady(url + ready);
  return { ...child, url };
}

/** A form as bytes, so that building it costs nothing while measuring. */
async function form(kind: InlineKind, image: Buffer, name: string): Promise<Pick<Shot, 'headers' | 'body'>> {
  const data = new FormData();
  for (const [key, value] of Object.entries({ ...kind.fields, name })) data.append(key, value);
  data.append('image', new Blob([new Uint8Array(image)]), 'picture');
  const encoded = new Response(data);
  const type = encoded.headers.get('content-type') ?? '';
  return { headers: { 'content-type': type }, body: Buffer.from(await encoded.arrayBuffer()) };
}

let written = 0;

/** Every request writes a name of its own, as new pictures do. */
async function shotsOf(kind: InlineKind, url: string, count: number): Promise<Shot[]> {
  const all = await pictures(kind.input, distinct);
  const one = async (_: unknown, at: number): Promise<Shot> => {
    const image = all[at % all.length] ?? Buffer.alloc(0);
    written += 1;
    return { method: 'POST', url: `${url}/convert`, ...(await form(kind, image, `bench/${written}`)) };
  };
  return await Promise.all(Array.from({ length: count }, one));
}

export async function inlineCpu(): Promise<Section> {
  const storage = await start('bench/peers/storage.ts', '/storage/v1/b/bench-dst', {});
  const env = environment(storage.url);
  const service = await start('convert_stream/main.ts', '/readyz', env);
  const multer = await start('bench/peers/multer.ts', '/healthz', env);
  try {
    const rows: (Row & { readonly ratio: number })[] = [];
    for (const kind of kinds) {
      const run = async (server: Server, count: number): Promise<number> =>
        await cpuPerRequest(server, await shotsOf(kind, server.url, count), 4);
      await run(service, 6);
      await run(multer, 6);
      const figures = await inTurn(rounds, {
        service: () => run(service, requests),
        multer: () => run(multer, requests),
      });
      const ratio = median(figures.service.map((ms, at) => ms / (figures.multer[at] ?? Number.NaN)));
      rows.push({
        work: kind.name,
        'service ms': median(figures.service),
        'express+multer ms': median(figures.multer),
        ratio,
      });
    }
    const targets = rows.map(
      (row): Target => ({
        what: `CPU of ${row.work} against Express + multer`,
        value: row.ratio,
        bound: 1.1,
        is: 'at most',
      }),
    );
    return {
      name: 'inline-cpu',
      rows: [...rows, { work: 'geometric mean', ratio: geometricMean(rows.map(({ ratio }) => ratio)) }],
      targets,
    };
  } finally {
    for (const child of [service, multer, storage]) await child.stop();
  }
}

/** A fresh service under `inFlight` clients. */
async function loadRow(kind: InlineKind, inFlight: number, storage: Server) {
  const service = await start('convert_stream/main.ts', '/readyz', environment(storage.url));
  try {
    const shots = await shotsOf(kind, service.url, inFlight * 12);
    await load(shots.slice(0, 8), 4);
    const { rate, p50, p99, statuses } = await load(shots, inFlight);
    const { peakMb } = await service.usage();
    return {
      work: kind.name,
      'in flight': inFlight,
      rate,
      p50,
      p99,
      'peak MB': peakMb,
      statuses: JSON.stringify(statuses),
      lost: statuses[0] ?? 0,
    };
  } finally {
    await service.stop();
  }
}

export async function inlineLoad(): Promise<Section> {
  const storage = await start('bench/peers/storage.ts', '/storage/v1/b/bench-dst', {});
  const rows: Row[] = [];
  const targets: Target[] = [];
  try {
    for (const kind of [
      kinds[0],
      kinds[2],
      { name: 'jpeg to avif, 300 wide', input: 'jpeg', fields: { format: 'avif', width: '300' } } as const,
    ]) {
      if (kind === undefined) continue;
      const few = await loadRow(kind, 4, storage);
      const many = await loadRow(kind, 32, storage);
      rows.push(few, many);
      targets.push(
        {
          what: `${kind.name}: rate at 32 in flight against 4`,
          value: many.rate / few.rate,
          bound: 0.95,
          is: 'at least',
        },
        {
          what: `${kind.name}: p99 at 32 in flight against p50 at 4`,
          value: many.p99 / few.p50,
          bound: 8,
          is: 'at most',
        },
        {
          what: `${kind.name}: requests without an answer`,
          value: few.lost + many.lost,
          bound: 0,
          is: 'at most',
        },
      );
      if (kind === kinds[0]) {
        targets.push({
          what: `${kind.name}: peak memory in MB`,
          value: many['peak MB'],
          bound: 300,
          is: 'at most',
        });
      }
    }
    return { name: 'inline-load', rows, targets };
  } finally {
    await storage.stop();
  }
}
