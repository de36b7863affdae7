import { FormData, Response } from 'undici';
import { cpuPerRequest, inTurn } from './cpu.ts';
import type { Shot } from './load.ts';
import { loadRows } from './load_rows.ts';
import { type InputName, pictures } from './pictures.ts';
import { type Goal, geometricMean, median, type ResultRow, type Section } from './report.ts';
import { type Server, startHttpServer } from './server.ts';

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

const startStorage = () => startHttpServer('bench/peers/storage.ts', {}, '/storage/v1/b/bench-dst');
const startService = (env: Readonly<Record<string, string>>) =>
  startHttpServer('convert_stream/main.ts', env, '/readyz');

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

/** Every request writes a new name, as new pictures do. */
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
  const storage = await startStorage();
  const env = environment(storage.url);
  const service = await startService(env);
  const multer = await startHttpServer('bench/peers/multer.ts', env);
  try {
    const rows: (ResultRow & { readonly ratio: number })[] = [];
    for (const kind of kinds) {
      const run = async (server: Server, count: number): Promise<number> =>
        await cpuPerRequest(server, await shotsOf(kind, server.url, count), 4);
      await run(service, requests);
      await run(multer, requests);
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
      (row): Goal => ({
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

const loads: readonly InlineKind[] = [
  ...kinds.filter(({ name }) => ['jpeg to jpg, 300 wide', 'small jpeg to webp'].includes(name)),
  { name: 'jpeg to avif, 300 wide', input: 'jpeg', fields: { format: 'avif', width: '300' } },
];

export async function inlineLoad(): Promise<Section> {
  const storage = await startStorage();
  const rows: ResultRow[] = [];
  const targets: Goal[] = [];
  try {
    for (const kind of loads) {
      const shots = (url: string, count: number) => shotsOf(kind, url, count);
      const start = () => startService(environment(storage.url));
      const measured = await loadRows({ name: kind.name, start, shots });
      const { few, many } = measured;
      rows.push(...measured.rows);
      targets.push(...measured.targets, {
        what: `${kind.name}: p99 at 32 in flight against p50 at 4`,
        value: many.p99 / few.p50,
        bound: 8,
        is: 'at most',
      });
    }
    const [thumbnails] = loads;
    const peaks = rows.filter(({ work }) => work === thumbnails?.name).map((row) => Number(row['peak MB']));
    const peak = { what: 'peak memory in MB, thumbnails', value: Math.max(...peaks), bound: 300 };
    return { name: 'inline-load', rows, targets: [...targets, { ...peak, is: 'at most' }] };
  } finally {
    await storage.stop();
  }
}
