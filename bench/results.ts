/** Kept results: what a hit costs against a miss of the smallest conversion. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocatorVariables } from '../engine/settings.ts';
import { load } from './load.ts';
import { photograph } from './pictures.ts';
import type { ResultRow, Section } from './report.ts';
import { type Server, startHttpServer } from './server.ts';

const requests = 400;
const inFlight = 4;

/** Requests of one kind, each with a picture of its own. */
interface Kind {
  readonly name: string;
  readonly url: (server: string, at: number) => string;
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

async function measure(server: Server, { name, url }: Kind): Promise<ResultRow> {
  const shots = Array.from({ length: requests }, (_, at) => ({
    method: 'GET' as const,
    url: url(server.url, at),
  }));
  const before = await server.usage();
  const { p50, p99, statuses } = await load(shots, inFlight);
  const after = await server.usage();
  const cpuMs = round((after.cpuMs - before.cpuMs) / requests);
  return { work: name, 'CPU ms': cpuMs, p50, p99, '200s': statuses[200] ?? 0 };
}

const start = async (env: Readonly<Record<string, string>>): Promise<Server> =>
  await startHttpServer('convert_stream/main.ts', {
    ...allocatorVariables,
    DOORS: 'onthefly',
    LOG_LEVEL: 'error',
    API_KEY: '',
    CONVERSIONS: '2',
    ...env,
  });

/** Asks twice for the same pictures: first they are made and kept, then they are there. */
async function compare(folder: string, size: readonly [number, number]): Promise<readonly ResultRow[]> {
  const [width, height] = size;
  const mount = await mkdtemp(join(folder, 'mount-'));
  const picture = await (await photograph(width, height, 1)).jpeg({ quality: 80 }).toBuffer();
  for (let at = 0; at < requests; at += 1) await writeFile(join(mount, `${at}.jpg`), picture);
  const server = await start({ MOUNT: mount, RESULTS: await mkdtemp(join(folder, 'results-')) });
  const url = (base: string, at: number): string => `${base}/resize?width=100&type=jpeg&file=${at}.jpg`;
  const name = `thumbnail of ${width} x ${height}`;
  try {
    // The first requests compile the code.
    await measure(server, { name, url: (base, at) => `${url(base, at % 8)}&quality=1${at}` });
    const miss = await measure(server, { name: `${name}, miss`, url });
    const hit = await measure(server, { name: `${name}, hit`, url });
    return [miss, { ...hit, 'of a miss': round(Number(hit['CPU ms']) / Number(miss['CPU ms'])) }];
  } finally {
    await server.stop();
  }
}

export async function keptResults(): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'imagetx-results-'));
  try {
    const small = await compare(folder, [480, 320]);
    const large = await compare(folder, [1920, 1080]);
    const [, hit] = small;
    return {
      name: 'results',
      rows: [...small, ...large],
      targets: [
        {
          what: 'CPU of a hit, of the smallest conversion',
          value: Number(hit?.['of a miss']),
          bound: 0.25,
          is: 'at most',
        },
        { what: 'CPU of a hit, ms', value: Number(hit?.['CPU ms']), bound: 1, is: 'at most' },
      ],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
