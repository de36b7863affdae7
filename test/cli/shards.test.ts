import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { joinRun, openPart, type SharedRun } from '../../cli/commands/backfill/shards.ts';
import { readTask } from '../../cli/commands/backfill/task.ts';
import { createObjectStore, type ObjectStore } from '../../cloud/storage.ts';
import { testStorage } from '../support/storage.ts';

const records = 'records';
let storage: Awaited<ReturnType<typeof testStorage>>;
let store: ObjectStore;
beforeEach(async () => {
  storage = await testStorage(records);
  store = createObjectStore({ projectId: 'local-dev', endpoint: storage.server.url });
});
afterEach(() => storage.close());

const place = () => ({ store, records });
const ranges = [
  { from: '', to: 'm' },
  { from: 'm', to: '' },
];

const join = (execution: string, isNew = false): Promise<SharedRun> =>
  joinRun({ word: 'w', execution, isNew, begin: async () => ({ attempt: 100, ranges }) }, place());

async function finishParts(run: SharedRun): Promise<void> {
  for (const part of run.ranges.keys()) {
    const { progress, checkpoint } = await openPart('w', run, part, place());
    await checkpoint.finish(progress);
  }
}

async function damage(name: string, text: string): Promise<void> {
  await storage.bucket.file(name).save(text, { resumable: false });
}

const damages: readonly string[] = [
  ...['', 'garbage', 'null', '7', '[]', '{}', '{"attempt":100,"execution":"a","ranges":[]}'],
  '{"attempt":"x","execution":"a","ranges":[{"from":"","to":""}]}',
  '{"attempt":100,"execution":"a","ranges":[{"from":7}]}',
  '{"attempt":100,"execution":"a","ranges":[null]}',
];

test.each(damages)('a damaged run is begun anew: %s', async (text) => {
  await damage('_backfill/w/run.json', text);
  expect(await join('a')).toEqual({ attempt: 100, ranges, execution: 'a' });
  expect(await join('b')).toMatchObject({ execution: 'a' });
});

test.each(['', 'garbage', 'null', '{}', '{"after":5,"isDone":false}', '{"after":"z","isDone":"no"}'])(
  'a damaged checkpoint is no progress, and is replaced: %s',
  async (text) => {
    const run = await join('a');
    await damage('_backfill/w/100-0.json', text);
    const part = await openPart('w', run, 0, place());
    expect([part.isDone, part.progress]).toEqual([false, { attempt: 100, after: '' }]);
    expect(await part.checkpoint.save({ attempt: 100, after: 'b' })).toBe('b');
    expect((await openPart('w', run, 0, place())).progress.after).toBe('b');
  },
);

test('a new execution begins anew after a run that has finished, and goes on before that', async () => {
  const first = await join('a');
  const half = await openPart('w', first, 0, place());
  await half.checkpoint.finish(half.progress);
  expect(await join('b')).toEqual(first);
  await finishParts(first);
  const second = await join('b');
  // In the same second: its parts have names of their own.
  expect(second).toEqual({ attempt: 101, ranges, execution: 'b' });
  expect((await openPart('w', second, 0, place())).isDone).toBe(false);
  expect(await join('c', true)).toMatchObject({ attempt: 102, execution: 'c' });
});

const env = { CLOUD_RUN_TASK_COUNT: '7', CLOUD_RUN_TASK_INDEX: '6', CLOUD_RUN_EXECUTION: 'job-x' };

test('a task is what the flags say, else what Cloud Run says', () => {
  expect(readTask({}, {})).toBeUndefined();
  expect(readTask({}, env)).toEqual({ count: 7, index: 6, execution: 'job-x' });
  expect(readTask({ CLOUD_RUN_TASK_INDEX: '0' }, env)).toMatchObject({ count: 7, index: 0 });
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['a negative number', { ...env, CLOUD_RUN_TASK_INDEX: '-1' }, /CLOUD_RUN_TASK_INDEX: expected/],
  ['half a task', { ...env, CLOUD_RUN_TASK_INDEX: '1.5' }, /CLOUD_RUN_TASK_INDEX: expected/],
  ['no number', { ...env, CLOUD_RUN_TASK_COUNT: 'abc' }, /CLOUD_RUN_TASK_COUNT: expected/],
  ['no tasks', { ...env, CLOUD_RUN_TASK_COUNT: '0' }, /CLOUD_RUN_TASK_COUNT: expected/],
  [
    'a number as large as the count',
    { ...env, CLOUD_RUN_TASK_INDEX: '7' },
    /--task: expected a number below 7/,
  ],
  ['a task without their number', { CLOUD_RUN_TASK_INDEX: '3' }, /--tasks: expected/],
  [
    'a number of tasks without the task',
    { CLOUD_RUN_TASK_COUNT: '3' },
    /--task: expected a number from 0 to 2/,
  ],
])('%s is refused, since it would queue nothing, or everything', (_what, texts, message) => {
  expect(() => readTask({}, texts)).toThrow(message);
});
