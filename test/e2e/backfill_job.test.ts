import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { splitNames } from '../../cli/commands/backfill/split.ts';
import { queuePath } from '../../local/environment.ts';
import { spawnCommand, startTestCloud, type TestCloud } from './support/cloud.ts';

const objects = 120;
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ queues: ['q1', 'q2'] });
  for (const queue of ['q1', 'q2']) cloud.tasks.pause(queuePath(queue));
  const names = Array.from({ length: objects }, (_, at) => `year${at % 7}/month${at % 3}/${at}.png`);
  const write = (name: string) =>
    cloud.store.write({
      bucket: 'imagetx-src',
      name,
      data: Buffer.from('x'),
      contentType: 'image/png',
      ifGeneration: '0',
    });
  for (let at = 0; at < names.length; at += 20) await Promise.all(names.slice(at, at + 20).map(write));
  await cloud.events.idle();
});
afterAll(() => cloud.close());

const args = (task: number, ...more: readonly string[]) => [
  ...['backfill', 'gs://imagetx-src/', '--formats', 'webp', '--tasks', '2', '--task', String(task)],
  ...['--execution', 'one', '--rate', '120', '--json', ...more],
];
const start = (task: number, ...more: readonly string[]) => spawnCommand(args(task, ...more), cloud.home);
const queued = (): number => cloud.tasks.stats().created;

test('ranges cover every name, and cut where folders are', async () => {
  const place = { store: cloud.store, source: 'imagetx-src' };
  const ranges = await splitNames('', 2, place);
  expect(ranges.length).toBe(16);
  expect([ranges[0]?.from, ranges.at(-1)?.to]).toEqual(['', '']);
  for (const [at, { to }] of ranges.slice(0, -1).entries()) expect(ranges[at + 1]?.from).toBe(to);
  let listed = 0;
  for (const range of ranges) for await (const _ of cloud.store.list('imagetx-src', '', range)) listed += 1;
  expect(listed).toBe(objects);
});

test('tasks that are killed with -9, run twice and started again queue each output once', async () => {
  for (const [round, task] of [0, 1, 0, 1].entries()) {
    const { child, ended } = start(task);
    const enough = Math.min(objects - 20, 15 + round * 15);
    while (queued() < enough && child.exitCode === null) await sleep(5);
    child.kill('SIGKILL');
    await ended;
  }
  expect(queued()).toBeLessThan(objects);
  // Two processes with the same number, beside the other task.
  const last = await Promise.all([start(0), start(0), start(1)].map(({ ended }) => ended));
  expect(last.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(queued()).toBe(objects);

  const again = await start(0).ended;
  expect(JSON.parse(again.out)).toMatchObject({ objects: 0, ordered: 0 });
  expect(again.err).toContain('--restart');
  const next = JSON.parse((await spawnCommand([...args(0), '--execution', 'two'], cloud.home).ended).out);
  expect(next.objects).toBeGreaterThan(0);
});

test('a dry run tells what the rest will cost and how long it will take', async () => {
  const { out } = await start(0, '--dry-run', '--cpu-ms', '100', '--rate', '10000', '--instances', '5').ended;
  const { ordered, estimate } = JSON.parse(out);
  expect(ordered).toBe(objects);
  expect(estimate).toMatchObject({ outputs: objects, limit: 'instances', hours: objects / 100 / 3600 });
  expect(estimate.dollars).toBeGreaterThan(0);
});
