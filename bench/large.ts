/** Large files by GET from a folder: each must get its answer, in little memory. */
import { link, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocatorVariables } from '../engine/settings.ts';
import { load } from './load.ts';
import { photograph } from './pictures.ts';
import type { ResultRow, Section } from './report.ts';
import { startHttpServer } from './server.ts';

const requests = 40;
const distinct = 4;

/** A folder with `requests` names of some PNGs of 5.1 megapixels, 10.6 MB each. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'imagetx-large-'));
  for (let seed = 0; seed < distinct; seed += 1) {
    const picture = await (await photograph(2620, 1960, seed + 1)).png().toBuffer();
    await writeFile(join(folder, `${seed}.png`), picture);
  }
  for (let at = distinct; at < requests; at += 1)
    await link(join(folder, `${at % distinct}.png`), join(folder, `${at}.png`));
  return folder;
}

async function run(folder: string, inFlight: number): Promise<ResultRow> {
  const service = await startHttpServer('convert_stream/main.ts', {
    ...allocatorVariables,
    DOORS: 'onthefly',
    LOG_LEVEL: 'error',
    API_KEY: '',
    CONVERSIONS: '2',
    MOUNT: folder,
  });
  try {
    const shots = Array.from({ length: requests }, (_, at) => ({
      method: 'GET' as const,
      url: `${service.url}/resize?width=800&type=jpeg&file=${at}.png`,
    }));
    const { statuses, p50, p99 } = await load(shots, inFlight);
    const { peakMb } = await service.usage();
    const refused = Object.entries(statuses).reduce(
      (sum, [status, count]) => sum + (status === '200' ? 0 : count),
      0,
    );
    return { 'in flight': inFlight, p50, p99, 'peak MB': peakMb, '200s': statuses[200] ?? 0, refused };
  } finally {
    await service.stop();
  }
}

export async function largeFiles(): Promise<Section> {
  const folder = await makeFolder();
  try {
    const few = await run(folder, 4);
    const many = await run(folder, 32);
    return {
      name: 'large',
      rows: [few, many],
      targets: [
        {
          what: 'refused of 40 requests, 32 in flight',
          value: Number(many.refused),
          bound: 0,
          is: 'at most',
        },
        {
          what: 'peak memory in MB, 32 in flight',
          value: Number(many['peak MB']),
          bound: 300,
          is: 'at most',
        },
      ],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
