import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { allocatorVariables } from '../engine/native/environment.ts';
import { load, type Shot } from './load.ts';
import { pictures } from './pictures.ts';
import { cpuMsOf } from './process_cpu.ts';
import type { ResultRow, Section } from './report.ts';
import { startHttpServer } from './server.ts';

const requests = Number(process.env.SOAK_REQUESTS ?? 3_000);
const inFlight = 8;
const restMs = 10_000;

/** Settings of glibc's allocator, which reads them only at the start of a process. */
const allocators: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'glibc as it is': {},
  'as images, `imagetx serve` and the local cloud set it': allocatorVariables,
  'for small machines': {
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '1048576',
    MALLOC_TRIM_THRESHOLD_: '1048576',
  },
};

const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><circle cx="99" cy="99" r="70" fill="#2a6"/></svg>',
);

/** One round of mixed work: photographs, art, drawings, small and large, to every common type. */
async function mixed(url: string): Promise<readonly Shot[]> {
  const [jpeg, camera, png, alpha, webp, small] = await Promise.all(
    (['jpeg', 'camera', 'png', 'alpha', 'webp', 'small'] as const).map((name) => pictures(name, 2)),
  );
  const rows: readonly (readonly [path: string, bodies: readonly Buffer[] | undefined])[] = [
    ['/resize?width=300', jpeg],
    ['/fit?width=1024&height=1024', camera],
    ['/crop?width=400&height=400&type=webp', png],
    ['/thumbnail?width=100', small],
    ['/resize?width=200&type=avif', small],
    ['/convert?type=jpeg', alpha],
    ['/rotate?rotate=90', webp],
    ['/convert?type=png', [svg]],
    ['/info', jpeg],
    ['/smartcrop?width=300&height=300', webp],
    ['/resize?width=9', [Buffer.from('no picture')]],
  ];
  return rows.flatMap(([path, bodies = []]) =>
    bodies.map((body) => ({ method: 'POST', url: url + path, body }) as const),
  );
}

const memoryMb = (pid: number | undefined, name: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function soaked(allocator: string, env: Readonly<Record<string, string>>): Promise<ResultRow> {
  // `imagetx serve` would set the allocator for itself.
  const server = await startHttpServer('convert_stream/main.ts', {
    ...env,
    DOORS: 'onthefly',
    LOG_LEVEL: 'silent',
    REQUIRE_AUTH: 'false',
  });
  const { pid } = server.process;
  const kinds = await mixed(server.url);
  const shots = Array.from({ length: requests }, (_, at) => kinds[at % kinds.length] as Shot);
  const before = memoryMb(pid, 'VmRSS');
  const { statuses } = await load(shots, inFlight);
  const cpuMs = cpuMsOf(pid);
  await sleep(restMs);
  const row = {
    allocator,
    'before, MB': Math.round(before),
    'peak, MB': Math.round(memoryMb(pid, 'VmHWM')),
    '10 s after, MB': Math.round(memoryMb(pid, 'VmRSS')),
    'CPU, ms a request': cpuMs / requests,
    answers: Object.entries(statuses)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', '),
  };
  await server.stop();
  return row;
}

/** Memory of `imagetx serve` at the peak of a mixed load and after a rest. */
export async function soak(): Promise<Section> {
  const rows: ResultRow[] = [];
  for (const [allocator, env] of Object.entries(allocators)) rows.push(await soaked(allocator, env));
  return { name: 'soak', rows, targets: [] };
}
