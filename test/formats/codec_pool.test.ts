import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, jest, test } from '@jest/globals';
import type { WorkerProcess } from '../../engine/codec_worker/child.ts';
import {
  type CodecPool,
  type CodecPoolOptions,
  createCodecPool,
  createIdleWorkers,
} from '../../engine/codec_worker/pool.ts';
import { jpeg, scenery } from '../engine/support/pictures.ts';
import { isolated, run } from './support/conversions.ts';
import { countTurns } from './support/turns.ts';

const entry = new URL('./support/hostile_worker.ts', import.meta.url);
const nothing = Buffer.alloc(0);
let codecs: CodecPool;
const hostile = (options: CodecPoolOptions = {}): CodecPool => {
  codecs = createCodecPool({ entry, ...options });
  return codecs;
};
afterEach(async () => await codecs?.close());

test.each(['exit', 'abort'])(
  'a worker that crashes (%s) costs one request its 422, and nothing else',
  async (task) => {
    const { run } = hostile();
    const before = run({ task: 'echo', data: Buffer.from('before') });
    const crash = run({ task, data: nothing });
    const after = run({ task: 'echo', data: Buffer.from('after') });
    expect((await before).data.toString()).toBe('before');
    await expect(crash).rejects.toMatchObject({ code: 'unprocessable', status: 422 });
    expect((await after).data.toString()).toBe('after');
  },
);

test('a worker that never answers is ended when time is up', async () => {
  const { run } = hostile({ timeoutMs: 2500 });
  await expect(run({ task: 'spin', data: nothing })).rejects.toMatchObject({
    code: 'conversion_timeout',
    status: 422,
  });
  expect((await run({ task: 'echo', data: nothing })).details.pid).toBeGreaterThan(0);
});

test('the end of a conversion ends its request, or removes it from the queue', async () => {
  const { run } = hostile();
  await run({ task: 'echo', data: nothing });
  const control = new AbortController();
  const spinning = run({ task: 'spin', data: nothing, signal: control.signal });
  const waiting = run({ task: 'echo', data: nothing, signal: AbortSignal.abort() });
  await expect(waiting).rejects.toMatchObject({ code: 'conversion_timeout' });
  control.abort();
  await expect(spinning).rejects.toMatchObject({ code: 'conversion_timeout' });
});

test('a long request does not delay others', async () => {
  const { run } = hostile({ workers: 2 });
  const control = new AbortController();
  const order: string[] = [];
  const spinning = run({ task: 'spin', data: nothing, signal: control.signal }).catch(({ code }) =>
    order.push(code),
  );
  const pids = new Set<unknown>();
  for (const name of ['first', 'second', 'third']) {
    pids.add((await run({ task: 'echo', data: nothing })).details.pid);
    order.push(name);
  }
  control.abort();
  await spinning;
  expect([order, pids.size]).toEqual([['first', 'second', 'third', 'conversion_timeout'], 1]);
});

test('as many requests as there are workers are worked on at a time, each by its own', async () => {
  const { run } = hostile({ workers: 2 });
  const pids = async () =>
    (await Promise.all([1, 2, 3, 4].map(() => run({ task: 'echo', data: nothing })))).map(
      ({ details }) => details.pid,
    );
  expect(new Set([...(await pids()), ...(await pids())]).size).toBe(2);
});

test('idle workers together hold no more memory than the limit', async () => {
  const { run } = hostile({ workers: 2, maxResidentBytes: 15e9 });
  const grown = await Promise.all([1, 2].map(() => run({ task: 'grow', data: nothing })));
  const next = await Promise.all([1, 2].map(() => run({ task: 'echo', data: nothing })));
  expect(new Set([...grown, ...next].map(({ details }) => details.pid)).size).toBe(3);
});

test('a problem of the codec is thrown unchanged, and the worker stays', async () => {
  const { run } = hostile();
  const { details } = await run({ task: 'echo', data: nothing });
  await expect(run({ task: 'refuse', data: nothing })).rejects.toMatchObject({
    code: 'corrupt_image',
    status: 400,
  });
  expect((await run({ task: 'echo', data: nothing })).details.pid).toBe(details.pid);
});

test('a worker that has grown too large is replaced', async () => {
  const { run } = hostile();
  const { details } = await run({ task: 'grow', data: nothing });
  expect((await run({ task: 'echo', data: nothing })).details.pid).not.toBe(details.pid);
});

test('an idle worker ends', async () => {
  const { run } = hostile({ idleMs: 1 });
  const { details } = await run({ task: 'echo', data: nothing });
  const ended = (): boolean => {
    try {
      return !process.kill(Number(details.pid), 0);
    } catch {
      return true;
    }
  };
  while (!ended()) await new Promise((resolve) => setImmediate(resolve));
  expect((await run({ task: 'echo', data: nothing })).details.pid).not.toBe(details.pid);
});

test('of idle workers, the kept ones are those that worked last', () => {
  jest.useFakeTimers();
  try {
    const ended: string[] = [];
    const child = (name: string): WorkerProcess =>
      ({
        isAlive: () => !ended.includes(name),
        kill: async () => void ended.push(name),
      }) as unknown as WorkerProcess;
    const idleWorkers = createIdleWorkers({ idleMs: 10, kept: 1, maxResidentBytes: 1e9 });
    const last = child('last');
    idleWorkers.add(child('first'), 1);
    idleWorkers.add(last, 1);
    jest.advanceTimersByTime(1000);
    expect([ended, idleWorkers.take()]).toEqual([['first'], last]);
  } finally {
    jest.useRealTimers();
  }
});

test('requests over the length of the queue are refused', async () => {
  const { run } = hostile({ waiting: 1 });
  const [first, second, third] = [1, 2, 3].map(() => run({ task: 'echo', data: nothing }));
  await expect(third).rejects.toMatchObject({ code: 'too_busy', status: 503 });
  await Promise.all([first, second]);
});

test('bytes of any length arrive unchanged', async () => {
  const { run } = hostile();
  for (const length of [0, 1, 65_536, 5_000_000]) {
    const data = Buffer.alloc(length, 'pixels');
    expect((await run({ task: 'echo', data })).data.equals(data)).toBe(true);
  }
});

test('a worker gets none of our environment and cannot write files', async () => {
  const { run } = hostile();
  expect((await run({ task: 'environment', data: nothing })).details.names).toEqual(['GLIBC_TUNABLES']);
  const path = join(tmpdir(), `never-${process.pid}`);
  expect((await run({ task: 'writeFile', details: { path }, data: nothing })).details).toMatchObject({
    wrote: false,
    code: 'ERR_ACCESS_DENIED',
  });
  expect(existsSync(path)).toBe(false);
});

test('the event loop turns on while a foreign codec is used for the first time', async () => {
  const photo = await jpeg(scenery(1200, 900));
  const { data: pdf } = await run(photo, { type: 'pdf' });
  const fresh = createCodecPool();
  const options = { codecs: fresh };
  const conversions = [
    () => run(photo, { type: 'jxl' }, options),
    () => run(pdf, { type: 'jpeg' }, options),
    () => run(photo, { type: 'svg', svg: 'photo' }, options),
  ];
  for (const convert of conversions) expect(await countTurns(convert)).toBeGreaterThan(20);
  await fresh.close();
});

afterAll(async () => await isolated.close());
