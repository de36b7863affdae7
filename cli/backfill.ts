import type { ObjectFacts } from '../cloud/storage.ts';
import type { FieldTable, ValuesOf } from '../common/field.ts';
import { Problem } from '../common/problem.ts';
import type { Job } from '../convert_batch/job.ts';
import { atMost } from './at_most.ts';
import {
  forgetProgress,
  type Progress,
  progressFile,
  readProgress,
  writeProgress,
} from './backfill_state.ts';
import type { World } from './command.ts';
import { commandOf } from './flags.ts';
import { gsUrl } from './gs_url.ts';
import { type Orders, openOrders } from './orders.ts';
import { outcomeOf } from './outcome.ts';
import { createPace } from './pace.ts';
import { type Target, targetFor } from './target.ts';
import { localFields, queueFields, targetFields } from './target_fields.ts';
import { choiceFields, plannedFor } from './wishes.ts';

const backfillFields = {
  'dry-run': {
    kind: 'bool',
    default: false,
    flag: 'dry-run',
    doc: 'Counts what would be ordered, and orders nothing.',
  },
  rate: { kind: 'float', min: 0.001, max: 10_000, default: 50, flag: 'rate', doc: 'Most orders per second.' },
  failed: {
    kind: 'bool',
    default: false,
    flag: 'failed',
    doc: 'Orders outputs again that have failed, too.',
  },
  restart: {
    kind: 'bool',
    default: false,
    flag: 'restart',
    doc: 'Begins anew instead of going on where it was stopped.',
  },
  json: { kind: 'bool', default: false, flag: 'json', doc: 'Prints the counts as JSON.' },
  ...choiceFields,
  ...targetFields,
  ...queueFields,
  ...localFields,
} as const satisfies FieldTable;

type Values = ValuesOf<typeof backfillFields>;
interface Found {
  readonly name: string;
  readonly facts: ObjectFacts;
}

/** What was seen and done; `existed`: ordered already, by this run before it was stopped. */
type Counts = Record<'objects' | 'ignored' | 'outputs' | 'done' | 'failed' | 'ordered' | 'existed', number>;
const noCounts: Counts = { objects: 0, ignored: 0, outputs: 0, done: 0, failed: 0, ordered: 0, existed: 0 };

/** Objects that are looked at, and looks at outputs that are under way, at a time. */
const objectsAtATime = 50;
const looksAtATime = 16;

const isAfter = (name: string, other: string): boolean =>
  Buffer.compare(Buffer.from(name), Buffer.from(other)) > 0;

/** The objects of a prefix that come after a name, in groups. */
async function* groups(target: Target, prefix: string, after: string): AsyncGenerator<readonly Found[]> {
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

/** Jobs of a group that are still to be ordered; counts the others. */
async function jobsOf(
  group: readonly Found[],
  target: Target,
  values: Values,
  counts: Counts,
): Promise<readonly Job[]> {
  const plans = group.map((found) => plannedFor(found, target, values));
  counts.objects += group.length;
  counts.ignored += plans.filter(({ ignored }) => ignored).length;
  const jobs = plans.flatMap((plan) => plan.jobs);
  counts.outputs += jobs.length;
  const gate = atMost(looksAtATime);
  const outcomes = await Promise.all(jobs.map((job) => gate(() => outcomeOf(job, target))));
  counts.done += outcomes.filter(({ state }) => state === 'done').length;
  counts.failed += outcomes.filter(({ state }) => state === 'failed').length;
  const wanted = values.failed ? ['waiting', 'failed'] : ['waiting'];
  return jobs.filter((_, index) => wanted.includes(outcomes[index]?.state ?? ''));
}

interface Work {
  readonly prefix: string;
  readonly target: Target;
  readonly values: Values;
  readonly file: string;
  readonly progress: Progress;
  /** Shows the counts as they grow. */
  readonly show: (counts: Counts) => void;
}

/** Orders everything; what it has ordered it remembers, a group at a time. */
async function orderAll(
  { prefix, target, values, file, progress, show }: Work,
  orders: Orders,
): Promise<Counts> {
  const counts = { ...noCounts };
  const pace = createPace(values.rate);
  const ordersAtATime = Math.max(1, Math.min(100, Math.floor(values.rate)));
  for await (const group of groups(target, prefix, progress.after)) {
    const jobs = (await jobsOf(group, target, values, counts)).map((job) => ({
      ...job,
      attempt: progress.attempt,
    }));
    for (let at = 0; at < jobs.length; at += ordersAtATime) {
      const some = jobs.slice(at, at + ordersAtATime);
      await pace(some.length);
      const made = await orders.order(some);
      counts.ordered += made.filter((one) => one === 'created').length;
      counts.existed += made.filter((one) => one === 'existed').length;
      show(counts);
    }
    await writeProgress(file, { ...progress, after: group.at(-1)?.name ?? progress.after });
    show(counts);
  }
  await forgetProgress(file);
  return counts;
}

async function countAll({ prefix, target, values, show }: Work): Promise<Counts> {
  const counts = { ...noCounts };
  for await (const group of groups(target, prefix, '')) {
    counts.ordered += (await jobsOf(group, target, values, counts)).length;
    show(counts);
  }
  return counts;
}

/** The counts in a sentence. */
function sentence(counts: Counts, isDry: boolean): string {
  const { objects, ignored, outputs, done, failed, ordered, existed } = counts;
  const parts = [
    `${objects} objects${ignored > 0 ? ` (${ignored} ask for nothing)` : ''}`,
    `${outputs} outputs`,
    `${done} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${ordered} ${isDry ? 'would be ordered' : 'ordered'}`,
    ...(existed > 0 ? [`${existed} ordered before`] : []),
  ];
  return parts.join(', ');
}

const showOn =
  ({ terminal }: World, isDry: boolean) =>
  (counts: Counts): void =>
    void terminal?.write(`\r\x1b[K${sentence(counts, isDry)}`);

/** `imagetx backfill` */
export const backfill = commandOf(backfillFields, async ({ values, flags, words }, world) => {
  const [word = '', ...more] = words;
  if (word === '' || more.length > 0)
    throw new Problem('missing_param', 'expected one URL such as gs://BUCKET/PREFIX');
  const target = await targetFor({ flags, words, env: world.env });
  const { bucket, name: prefix } = gsUrl(word);
  if (bucket !== target.source)
    throw new Problem('invalid_param', `${word}: expected a place in the source bucket ${target.source}`);
  const { DEFAULT_FORMATS, DEFAULT_SIZES, DEFAULT_PARAMS } = values;
  const facts = [
    bucket,
    prefix,
    target.destination,
    target.prefix,
    DEFAULT_FORMATS,
    DEFAULT_SIZES,
    DEFAULT_PARAMS,
  ];
  const file = progressFile(target.stateDir, facts);
  const isDry = values['dry-run'];
  const stopped = values.restart || isDry ? undefined : await readProgress(file);
  if (stopped?.after) world.err(`goes on after ${stopped.after}`);
  const progress = stopped ?? { attempt: Math.floor(Date.now() / 1000), after: '' };
  const work: Work = { prefix, target, values, file, progress, show: showOn(world, isDry) };
  const counts = isDry ? await countAll(work) : await ordered(work);
  world.terminal?.write('\r\x1b[K');
  world.out(values.json ? JSON.stringify(counts) : sentence(counts, isDry));
  return 0;
});

async function ordered(work: Work): Promise<Counts> {
  // Written before the first order: a run that is killed at once is gone on with all the same.
  await writeProgress(work.file, work.progress);
  const orders = openOrders(work.target);
  try {
    return await orderAll(work, orders);
  } finally {
    await orders.close();
  }
}
