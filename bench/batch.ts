import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createObjectStore, type ObjectStore } from '../cloud/storage.ts';
import { type LocalCloud, startLocalCloud } from '../local/cloud.ts';
import { startMeasured } from './child.ts';
import { pictures } from './pictures.ts';
import { cpuMsOf } from './process_cpu.ts';
import { median, type Section } from './report.ts';

const distinct = 40;
const sources = Number(process.env.BENCH_SOURCES ?? 200);
const rounds = 3;
const uploadsInFlight = 8;
const metadata = { formats: 'jpg,webp', params: 'quality=80' };

/** The times when outputs first appeared in the destination bucket, by name. */
async function watch(cloud: LocalCloud) {
  const seen = new Map<string, number>();
  const waiting = new Map<string, () => void>();
  const stop = await cloud.storage.onFinalize((object) => {
    const { bucket, name } = object as { bucket: string; name: string };
    if (bucket !== cloud.buckets.destination || seen.has(name)) return;
    seen.set(name, performance.now());
    waiting.get(name)?.();
  });
  const until = (name: string): Promise<void> =>
    seen.has(name) ? Promise.resolve() : new Promise((resolve) => waiting.set(name, resolve));
  return { until, at: (name: string): number => seen.get(name) ?? Number.NaN, stop };
}

type Watch = Awaited<ReturnType<typeof watch>>;

interface Bulk {
  readonly ms: number;
  /** Time from the start of the upload to the output, one per output. */
  readonly latencies: readonly number[];
}

/** Uploads `count` pictures and waits for all their outputs. */
async function bulk(
  store: ObjectStore,
  watched: Watch,
  { prefix, count }: { prefix: string; count: number },
): Promise<Bulk> {
  const all = await pictures('png', distinct);
  const began = performance.now();
  const latencies: number[] = [];
  const waits: Promise<void>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const name = `${prefix}/${index}`;
      const started = performance.now();
      const data = all[index % all.length] ?? Buffer.alloc(0);
      for (const format of ['jpg', 'webp']) {
        const output = `${name}.${format}`;
        waits.push(watched.until(output).then(() => void latencies.push(watched.at(output) - started)));
      }
      await store.write({
        bucket: 'imagetx-src',
        name: `${name}.png`,
        data,
        contentType: 'image/png',
        metadata,
        ifGeneration: '0',
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(uploadsInFlight, count) }, worker));
  await Promise.all(waits);
  return { ms: performance.now() - began, latencies: latencies.sort((a, b) => a - b) };
}

const share = (sorted: readonly number[], part: number): number =>
  sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;

interface LoopTimes {
  readonly ms: number;
  readonly cpuMs: number;
}

const parts = ['converter', 'fan', 'storage, queue, events, uploads'] as const;

/** CPU time of each part so far, in ms. */
function cpuNow({ services }: LocalCloud): readonly number[] {
  const { user, system } = process.cpuUsage();
  return [cpuMsOf(services.converter.pid()), cpuMsOf(services.fan.pid()), (user + system) / 1000];
}

/** The batch door from upload to last output, compared in turn with sharp alone on the same conversions and cores. */
export async function batch(): Promise<Section> {
  const dir = await mkdtemp(path.join(tmpdir(), 'imagetx-bench-'));
  const cloud = await startLocalCloud({
    dir,
    ports: 'random',
    certificates: path.join(dir, 'certs'),
    env: { LOG_LEVEL: 'warn' },
  });
  const loop = await startMeasured('bench/peers/batch_loop.ts', [], {});
  try {
    const watched = await watch(cloud);
    const store = createObjectStore({ projectId: 'local-dev', endpoint: cloud.urls.storage });
    await bulk(store, watched, { prefix: 'warm', count: 8 });
    await loop.ask({ distinct, count: 4 });
    const runs: { loopMs: number; loopCpuMs: number; cpuMs: readonly number[]; bulk: Bulk }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { ms: loopMs, cpuMs: loopCpuMs } = (await loop.ask({ distinct, count: sources })) as LoopTimes;
      const before = cpuNow(cloud);
      const done = await bulk(store, watched, { prefix: `round${round}`, count: sources });
      const cpuMs = cpuNow(cloud).map((ms, part) => ms - (before[part] ?? 0));
      runs.push({ loopMs, loopCpuMs, cpuMs, bulk: done });
    }
    const singles: (readonly number[])[] = [];
    for (let at = 0; at < 25; at += 1)
      singles.push((await bulk(store, watched, { prefix: `single${at}`, count: 1 })).latencies);
    watched.stop();
    const ratio = median(runs.map((run) => run.loopMs / run.bulk.ms));
    const rows = runs.map((run, round) => ({
      round: round + 1,
      'outputs/s': (sources * 2 * 1000) / run.bulk.ms,
      'loop outputs/s': (sources * 2 * 1000) / run.loopMs,
      ratio: run.loopMs / run.bulk.ms,
      p50: share(run.bulk.latencies, 0.5),
      p99: share(run.bulk.latencies, 0.99),
    }));
    const warm = (which: string, at: number) => {
      const times = singles.map((latencies) => latencies.at(at) ?? Number.NaN);
      return { round: `single warm upload, ${which} output`, p50: median(times), p99: Math.max(...times) };
    };
    const perOutput = (of: (run: (typeof runs)[number]) => number): number =>
      median(runs.map((run) => of(run) / (sources * 2)));
    const cpuRatio = median(
      runs.map(({ loopCpuMs, cpuMs }) => loopCpuMs / cpuMs.reduce((sum, part) => sum + part)),
    );
    const cpu = [
      { round: 'CPU of the loop', 'ms/output': perOutput(({ loopCpuMs }) => loopCpuMs) },
      ...parts.map((part, at) => ({
        round: `CPU of ${part}`,
        'ms/output': perOutput(({ cpuMs }) => cpuMs[at] ?? Number.NaN),
      })),
      { round: 'CPU, loop : all of it', ratio: cpuRatio },
    ];
    return {
      name: 'batch',
      rows: [...rows, warm('first', 0), warm('last', -1), ...cpu],
      targets: [
        { what: 'batch against a raw sharp loop', value: ratio, bound: 0.8, is: 'at least' },
        { what: 'the same by CPU', value: cpuRatio, bound: 0.8, is: 'at least' },
      ],
    };
  } finally {
    await loop.stop();
    await cloud.close();
    await rm(dir, { recursive: true, force: true });
  }
}
