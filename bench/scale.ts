import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { queuePath } from '../local/environment.ts';
import { seeded } from '../local/kit/seeded.ts';
import { startTasks } from '../local/tasks/start.ts';
import type { ResultRow, Section } from './report.ts';

const objects = Number(process.env.BENCH_OBJECTS ?? 100_000);
const names = Number(process.env.BENCH_NAMES ?? 10_000_000);
const kills = 10;
/** Events in one message to Fan's process. */
const chunk = 250;

const entry = (name: string): string => path.join(import.meta.dirname, 'scale', name);

interface Told {
  readonly heapMb: number;
  readonly cpuMs: number;
}

/** A process with Fan's code; after a `kill -9` the next one takes over. */
function createFanProcess(endpoint: string) {
  const open = () => {
    const child = fork(entry('fan_child.ts'), [endpoint], { execArgv: ['--expose-gc'] });
    return { child, exited: once(child, 'exit') };
  };
  let { child, exited } = open();
  return {
    /** undefined when it was killed before it had finished: the events come again, as from Eventarc. */
    async send(from: number, to: number, killsAfterMs?: number): Promise<Told | undefined> {
      const kill = (): void => void child.kill('SIGKILL');
      const alarm = killsAfterMs === undefined ? undefined : setTimeout(kill, killsAfterMs);
      const stop = new AbortController();
      child.send({ from, to });
      const told = await Promise.race([
        once(child, 'message', { signal: stop.signal }).then(([answer]) => answer as Told),
        exited.then(() => undefined),
      ]);
      stop.abort();
      clearTimeout(alarm);
      if (told === undefined) ({ child, exited } = open());
      return told;
    },
    async close() {
      child.disconnect();
      await exited;
    },
  };
}

interface Share {
  readonly objects: number;
  readonly seconds: number;
  readonly cpuMs: number;
  readonly heapMb: number;
}

/** Orders so many objects and tells what that took. */
async function order(endpoint: string, count: number, killed: ReadonlySet<number>): Promise<Share> {
  const fan = createFanProcess(endpoint);
  const random = seeded(7);
  // The first chunk loads the client.
  await fan.send(0, chunk);
  const first = await fan.send(0, chunk);
  const startMs = performance.now();
  let last = first;
  for (let from = 0; from < count; from += chunk) {
    const isKilled = killed.has(from / chunk);
    const told = await fan.send(
      from,
      Math.min(count, from + chunk),
      isKilled ? 20 + random() * 60 : undefined,
    );
    last = told ?? (await fan.send(from, Math.min(count, from + chunk)));
  }
  const seconds = (performance.now() - startMs) / 1000;
  await fan.close();
  return {
    objects: count,
    seconds,
    cpuMs: (last?.cpuMs ?? 0) - (first?.cpuMs ?? 0),
    heapMb: last?.heapMb ?? 0,
  };
}

const rowOf = (what: string, { objects: count, seconds, cpuMs, heapMb }: Share): ResultRow => ({
  what,
  objects: count,
  'a second': count / seconds,
  'CPU, ms each': cpuMs / count,
  'memory, MB': heapMb,
});

/** One queue of the local cloud, which holds its tasks. */
async function withQueues<T>(
  work: (tasks: Awaited<ReturnType<typeof startTasks>>) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'imagetx-scale-'));
  const queue = ['q1', 'q2'].map((name) => ({ name: queuePath(name) }));
  const tasks = await startTasks({ dir, port: 0, mintToken: () => 'token', queue });
  for (const { name } of queue) tasks.pause(name);
  try {
    return await work(tasks);
  } finally {
    await tasks.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function fanRows() {
  const none: ReadonlySet<number> = new Set();
  const small = await withQueues((tasks) => order(tasks.url, Math.min(1_000, objects), none));
  const large = await withQueues((tasks) => order(tasks.url, objects, none));
  const chunks = Math.floor(objects / chunk);
  const killed = new Set(Array.from({ length: kills }, (_, at) => Math.floor(((at + 0.5) * chunks) / kills)));
  const survived = await withQueues(async (tasks) => {
    const share = await order(tasks.url, objects, killed);
    return { share, ...tasks.stats() };
  });
  return { small, large, survived };
}

interface Planned {
  readonly names: number;
  readonly ordered: number;
  readonly seconds: number;
  readonly peakMb: number;
}

async function plan(): Promise<Planned> {
  // The garbage of a larger heap would be counted too.
  const execArgv = ['--max-old-space-size=64', '--max-semi-space-size=8'];
  const child = fork(entry('planner_child.ts'), [String(names)], { execArgv });
  const [answer] = await once(child, 'message');
  return answer as Planned;
}

/** Millions of objects: Fan's code against the local queue, and the backfill's planner against a synthetic listing. */
export async function scale(): Promise<Section> {
  const { small, large, survived } = await fanRows();
  const planned = await plan();
  // The warm-up of each process orders the first chunk again.
  const again = survived.duplicates - 2 * chunk;
  const rows: readonly ResultRow[] = [
    rowOf('Fan', small),
    rowOf('Fan', large),
    // Of its processes only the last one tells its CPU time.
    { ...rowOf(`Fan, killed ${kills} times`, survived.share), 'CPU, ms each': '' },
    {
      what: 'planner of a backfill',
      objects: planned.names,
      'a second': planned.names / planned.seconds,
      'CPU, ms each': (planned.seconds * 1000) / planned.names,
      'memory, MB': planned.peakMb,
    },
  ];
  return {
    name: 'scale',
    rows,
    targets: [
      {
        what: 'memory of Fan after all against the beginning',
        value: large.heapMb / small.heapMb,
        bound: 1.1,
        is: 'at most',
      },
      {
        what: 'CPU of an order after all against the beginning',
        value: large.cpuMs / large.objects / (small.cpuMs / small.objects),
        bound: 1.2,
        is: 'at most',
      },
      { what: 'outputs ordered, of each', value: survived.created / objects, bound: 1, is: 'at least' },
      { what: 'outputs ordered, of each', value: survived.created / objects, bound: 1, is: 'at most' },
      { what: 'orders repeated for one kill', value: again / kills, bound: chunk, is: 'at most' },
      {
        what: 'names planned a second',
        value: planned.names / planned.seconds,
        bound: 20_000,
        is: 'at least',
      },
      { what: 'peak memory of the planner, MB', value: planned.peakMb, bound: 150, is: 'at most' },
    ],
  };
}
