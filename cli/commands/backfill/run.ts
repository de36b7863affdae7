import pLimit from 'p-limit';
import type { ObjectInfo } from '../../../cloud/storage.ts';
import type { Job } from '../../../convert_batch/job.ts';
import type { Enqueuer } from '../../outputs/enqueue.ts';
import { readOutcome } from '../../outputs/outcome.ts';
import { type PlanRules, planFor } from '../../outputs/plan.ts';
import type { Target } from '../../target/target.ts';
import type { Checkpoint, Progress } from './checkpoint.ts';
import { isAfter, type NameRange } from './names.ts';
import { createPace } from './pace.ts';

/** What a run found and queued; `existed`: queued already, by this run before it was stopped. */
export type Counts = Record<
  'objects' | 'ignored' | 'outputs' | 'done' | 'failed' | 'ordered' | 'existed',
  number
>;

export interface Scan {
  readonly prefix: string;
  /** The names of the prefix to look at. Default: all. */
  readonly range?: NameRange;
  readonly target: Target;
  readonly rules: Partial<PlanRules>;
  /** Whether failed outputs are queued again. */
  readonly retriesFailed: boolean;
  /** Shows the counts as they grow. */
  readonly show: (counts: Counts) => void;
}

export interface BackfillRun extends Scan {
  readonly enqueuer: Enqueuer;
  /** Maximum number of tasks per second. */
  readonly rate: number;
  /** Where to resume. */
  readonly progress: Progress;
  readonly checkpoint: Checkpoint;
}

interface ListedObject {
  readonly name: string;
  readonly info: ObjectInfo;
}

const objectsPerGroup = 50;
const concurrentLookups = 16;
const maxTasksPerCall = 100;

export const zeroCounts = (): Counts => ({
  ...{ objects: 0, ignored: 0, outputs: 0, done: 0, failed: 0 },
  ...{ ordered: 0, existed: 0 },
});

/** The objects of the prefix whose names come after `after`, in groups. */
async function* listGroups(
  { target, prefix, range = { from: '', to: '' } }: Scan,
  after: string,
): AsyncGenerator<readonly ListedObject[]> {
  let group: ListedObject[] = [];
  const from = isAfter(after, range.from) ? after : range.from;
  for await (const { name, info } of target.store.list(target.source, prefix, { ...range, from })) {
    if (after !== '' && !isAfter(name, after)) continue;
    group.push({ name, info });
    if (group.length < objectsPerGroup) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** The jobs of a group whose outputs are missing. Adds the group to the counts. */
async function findMissing(
  group: readonly ListedObject[],
  scan: Scan,
  counts: Counts,
): Promise<readonly Job[]> {
  const { target, rules, retriesFailed } = scan;
  const plans = group.map((object) => planFor(object, target, rules));
  const jobs = plans.flatMap((plan) => plan.jobs);
  const limit = pLimit(concurrentLookups);
  const outcomes = await Promise.all(jobs.map((job) => limit(() => readOutcome(job, target))));
  const countOf = (wanted: string): number => outcomes.filter(({ state }) => state === wanted).length;
  counts.objects += group.length;
  counts.ignored += plans.filter(({ ignored }) => ignored).length;
  counts.outputs += jobs.length;
  counts.done += countOf('done');
  counts.failed += countOf('failed');
  const wanted = retriesFailed ? ['waiting', 'failed'] : ['waiting'];
  return jobs.filter((_, index) => wanted.includes(outcomes[index]?.state ?? ''));
}

/** Counts what a run would queue. */
export async function countMissing(scan: Scan): Promise<Counts> {
  const counts = zeroCounts();
  for await (const group of listGroups(scan, '')) {
    counts.ordered += (await findMissing(group, scan, counts)).length;
    scan.show(counts);
  }
  return counts;
}

/** Queues every missing output. After each group it writes a checkpoint, so that a killed run can resume. */
export async function enqueueMissing(run: BackfillRun): Promise<Counts> {
  const { enqueuer, rate, progress, checkpoint, show } = run;
  const counts = zeroCounts();
  const pace = createPace(rate);
  const size = Math.max(1, Math.min(maxTasksPerCall, Math.floor(rate)));
  // Before the first task: a run that is killed at once must resume under the same number.
  let { after } = progress;
  after = await checkpoint.save({ ...progress, after });
  for await (const listed of listGroups(run, after)) {
    // Another task with the same part may have come further.
    const group = listed.filter(({ name }) => after === '' || isAfter(name, after));
    if (group.length === 0) continue;
    const jobs = await findMissing(group, run, counts);
    for (let at = 0; at < jobs.length; at += size) {
      const some = jobs.slice(at, at + size).map((job) => ({ ...job, attempt: progress.attempt }));
      await pace(some.length);
      const made = await enqueuer.enqueue(some);
      counts.ordered += made.filter((one) => one === 'created').length;
      counts.existed += made.filter((one) => one === 'existed').length;
      show(counts);
    }
    after = await checkpoint.save({ ...progress, after: group.at(-1)?.name ?? after });
  }
  await checkpoint.finish({ ...progress, after });
  return counts;
}
