import pLimit from 'p-limit';
import type { ObjectFacts } from '../../../cloud/storage.ts';
import type { Job } from '../../../convert_batch/job.ts';
import type { Orders } from '../../outputs/enqueue.ts';
import { outcomeOf } from '../../outputs/outcome.ts';
import { type PlanRules, planFor } from '../../outputs/plan.ts';
import type { Target } from '../../target/target.ts';
import { forgetProgress, type Progress, writeProgress } from './checkpoint.ts';
import { createPace } from './pace.ts';

/** What was seen and done; `existed`: ordered already, by this run before it was stopped. */
export type Counts = Record<
  'objects' | 'ignored' | 'outputs' | 'done' | 'failed' | 'ordered' | 'existed',
  number
>;

export interface Work {
  readonly prefix: string;
  readonly target: Target;
  readonly choices: Partial<PlanRules>;
  /** Whether outputs that have failed are wanted again. */
  readonly isFailedWanted: boolean;
  /** Shows the counts as they grow. */
  readonly show: (counts: Counts) => void;
}

export interface OrderWork extends Work {
  readonly orders: Orders;
  /** Most orders per second. */
  readonly rate: number;
  /** Where the run has come to, and the file that remembers it. */
  readonly progress: Progress;
  readonly file: string;
}

interface Found {
  readonly name: string;
  readonly facts: ObjectFacts;
}

/** Objects that are looked at, and looks at outputs that are under way, at a time. */
const objectsAtATime = 50;
const looksAtATime = 16;
const mostOrdersAtATime = 100;

const none = (): Counts => ({
  ...{ objects: 0, ignored: 0, outputs: 0, done: 0, failed: 0 },
  ...{ ordered: 0, existed: 0 },
});

const isAfter = (name: string, other: string): boolean =>
  Buffer.compare(Buffer.from(name), Buffer.from(other)) > 0;

/** The objects of a prefix that come after a name, in groups. */
async function* groups({ target, prefix }: Work, after: string): AsyncGenerator<readonly Found[]> {
  let group: Found[] = [];
  for await (const { name, facts } of target.store.list(target.source, prefix)) {
    if (!isAfter(name, after)) continue;
    group.push({ name, facts });
    if (group.length < objectsAtATime) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Jobs of a group that are still to be ordered; counts all. */
async function jobsOf(group: readonly Found[], work: Work, counts: Counts): Promise<readonly Job[]> {
  const { target, choices, isFailedWanted } = work;
  const plans = group.map((found) => planFor(found, target, choices));
  const jobs = plans.flatMap((plan) => plan.jobs);
  const gate = pLimit(looksAtATime);
  const outcomes = await Promise.all(jobs.map((job) => gate(() => outcomeOf(job, target))));
  const countOf = (wanted: string): number => outcomes.filter(({ state }) => state === wanted).length;
  counts.objects += group.length;
  counts.ignored += plans.filter(({ ignored }) => ignored).length;
  counts.outputs += jobs.length;
  counts.done += countOf('done');
  counts.failed += countOf('failed');
  const wanted = isFailedWanted ? ['waiting', 'failed'] : ['waiting'];
  return jobs.filter((_, index) => wanted.includes(outcomes[index]?.state ?? ''));
}

/** What a run would order. */
export async function countAll(work: Work): Promise<Counts> {
  const counts = none();
  for await (const group of groups(work, '')) {
    counts.ordered += (await jobsOf(group, work, counts)).length;
    work.show(counts);
  }
  return counts;
}

/** Orders everything that is missing. A group that is done with is remembered, so that a killed run goes on. */
export async function orderAll(work: OrderWork): Promise<Counts> {
  const { orders, rate, progress, file, show } = work;
  const counts = none();
  const pace = createPace(rate);
  const size = Math.max(1, Math.min(mostOrdersAtATime, Math.floor(rate)));
  // Before the first order: a run that is killed at once must be gone on with under the same number.
  await writeProgress(file, progress);
  for await (const group of groups(work, progress.after)) {
    const jobs = await jobsOf(group, work, counts);
    for (let at = 0; at < jobs.length; at += size) {
      const some = jobs.slice(at, at + size).map((job) => ({ ...job, attempt: progress.attempt }));
      await pace(some.length);
      const made = await orders.order(some);
      counts.ordered += made.filter((one) => one === 'created').length;
      counts.existed += made.filter((one) => one === 'existed').length;
      show(counts);
    }
    await writeProgress(file, { ...progress, after: group.at(-1)?.name ?? progress.after });
  }
  await forgetProgress(file);
  return counts;
}
