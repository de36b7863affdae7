import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fileCheckpoint, readProgress } from '../../cli/commands/backfill/checkpoint.ts';
import { type BackfillRun, countMissing, enqueueMissing } from '../../cli/commands/backfill/run.ts';
import type { Enqueuer } from '../../cli/outputs/enqueue.ts';
import type { Target } from '../../cli/target/target.ts';
import type { ObjectInfo, ObjectStore } from '../../cloud/storage.ts';
import { type Job, jobId } from '../../convert_batch/job.ts';
import { inFolder } from '../support/folder.ts';

type Objects = Readonly<Record<string, ObjectInfo>>;
const infoOf = (metadata: Record<string, string>, bytes = 10): ObjectInfo => ({
  generation: '7',
  bytes,
  metadata,
});

/** Only what a backfill uses of a store: it lists and looks. */
function shelf(buckets: Readonly<Record<string, Objects>>): ObjectStore {
  return {
    stat: async ({ bucket, name }: { bucket: string; name: string }) => buckets[bucket]?.[name],
    read: async () => Buffer.from('{"reason":"broken"}'),
    async *list(bucket: string, prefix: string) {
      for (const [name, one] of Object.entries(buckets[bucket] ?? {}))
        if (name.startsWith(prefix)) yield { bucket, name, generation: one.generation, info: one };
    },
  } as unknown as ObjectStore;
}

const madeFrom = (name: string, generation = '7') =>
  infoOf({ 'source-bucket': 'src', 'source-name': name, 'source-generation': generation });

const target = (store: ObjectStore): Target =>
  ({
    source: 'src',
    destination: 'dst',
    records: 'records',
    prefix: '',
    store,
    urlOf: String,
  }) as unknown as Target;
const choices = { DEFAULT_FORMATS: ['webp'], DEFAULT_SIZES: [], DEFAULT_PARAMS: '' };

/** A queue that knows names, and breaks down after so many tasks. */
function queueThatTakes(limit: number, taken = new Set<string>()) {
  const jobs: Job[] = [];
  const enqueue: Enqueuer['enqueue'] = async (some) =>
    some.map((job) => {
      if (taken.has(jobId(job))) return 'existed';
      if (jobs.length >= limit) throw new Error('the queue is away');
      taken.add(jobId(job));
      jobs.push(job);
      return 'created';
    });
  return { jobs, taken, enqueuer: { enqueue, close: async () => {} } };
}

const many = (count: number): Objects =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`old/${String(i).padStart(3, '0')}.png`, infoOf({})]),
  );

test('a failed run resumes under the same task names, and makes exactly one task per output', () =>
  inFolder(async (dir) => {
    const file = join(dir, 'progress.json');
    const store = shelf({ src: many(130) });
    const run = (enqueuer: Enqueuer, progress: BackfillRun['progress']) =>
      enqueueMissing({
        ...{ prefix: 'old/', target: target(store), rules: choices, retriesFailed: false, show: () => {} },
        ...{ enqueuer, rate: 10_000, progress, checkpoint: fileCheckpoint(file) },
      });
    const first = queueThatTakes(110);
    await expect(run(first.enqueuer, { attempt: 5, after: '' })).rejects.toThrow('the queue is away');
    const progress = await readProgress(file);
    expect(progress).toEqual({ attempt: 5, after: 'old/099.png' });

    const second = queueThatTakes(1000, first.taken);
    const counts = await run(second.enqueuer, progress ?? { attempt: 0, after: '' });
    expect(counts).toMatchObject({ objects: 30, ordered: 20, existed: 10 });
    const names = [...first.jobs, ...second.jobs].map(({ name }) => name);
    expect(names).toEqual(Object.keys(many(130)).map((name) => name.replace('png', 'webp')));
    expect(await readProgress(file)).toBeUndefined();
  }));

test('only missing outputs of the newest generation are queued, and failed ones on request', async () => {
  const store = shelf({
    src: {
      'done.png': infoOf({}),
      'failed.png': infoOf({}),
      'half.png': infoOf({ formats: 'jpg,webp' }),
      'nothing.png': infoOf({}, 0),
      'stale.png': infoOf({}),
    },
    dst: {
      'done.webp': madeFrom('done.png'),
      'half.jpg': madeFrom('half.png'),
      'stale.webp': madeFrom('stale.png', '6'),
    },
    records: { '_failed/failed.webp.json': madeFrom('failed.png') },
  });
  const work = { prefix: '', target: target(store), rules: choices, show: () => {} };
  const counts = { objects: 5, ignored: 1, outputs: 5, done: 2, failed: 1, existed: 0 };
  expect(await countMissing({ ...work, retriesFailed: false })).toEqual({ ...counts, ordered: 2 });
  expect(await countMissing({ ...work, retriesFailed: true })).toEqual({ ...counts, ordered: 3 });
});
