import { gsUrl, isGsUrl } from '../../cloud/gs_url.ts';
import type { FieldTable } from '../../common/field.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import type { Job } from '../../convert_batch/job.ts';
import { type FailureRecord, failureName } from '../../convert_batch/record.ts';
import { commandOf } from '../flags.ts';
import { type Orders, openOrders } from '../outputs/enqueue.ts';
import { createFollow, exitCodeOf, followFields } from '../outputs/follow.ts';
import { outcome } from '../outputs/outcome.ts';
import { reportFor } from '../report/choose.ts';
import { untilInterrupted } from '../report/interrupt.ts';
import { localFields, queueFields, targetFields } from '../target/fields.ts';
import { type Target, targetFor } from '../target/target.ts';

const retryFields = {
  'dry-run': {
    kind: 'bool',
    default: false,
    flag: 'dry-run',
    doc: 'Shows what would be ordered, and why it has failed.',
  },
  ...followFields,
  ...targetFields,
  ...queueFields,
  ...localFields,
} as const satisfies FieldTable;

const everything = failureName('').replace(/\.json$/, '');

/** Records of one output: that of the newest source, and those of older ones. */
async function recordsOfOutput(
  output: string,
  { store, records: bucket }: Target,
): Promise<readonly string[]> {
  const main = failureName(output);
  const base = main.slice(0, -'.json'.length);
  const names: string[] = [];
  for await (const { name } of store.list(bucket, `${base}.`)) {
    if (name === main || /^\.[0-9a-f]{12}\.json$/.test(name.slice(base.length))) names.push(name);
  }
  return names.length > 0 ? names : [main];
}

/** Names of records that a word means: a record's URL, the beginning of several, or an output's name. */
async function recordsOf(word: string, target: Target): Promise<readonly string[]> {
  const { store, records: bucket } = target;
  if (word !== '' && !isGsUrl(word)) return await recordsOfOutput(word, target);
  const url = isGsUrl(word) ? gsUrl(word) : { bucket, name: everything };
  if (url.bucket !== bucket)
    throw new Problem('invalid_param', `${word}: expected a record in the records bucket ${bucket}`);
  if (url.name.endsWith('.json')) return [url.name];
  const names: string[] = [];
  for await (const { name } of store.list(bucket, url.name || everything)) {
    if (name.startsWith(everything)) names.push(name);
  }
  return names;
}

async function readRecord(name: string, { store, records: bucket }: Target): Promise<FailureRecord> {
  try {
    return JSON.parse(String(await store.read({ bucket, name }))) as FailureRecord;
  } catch (cause) {
    if (!isProblem(cause, 'not_found')) throw cause;
    throw new Problem('not_found', `gs://${bucket}/${name}: no such failure`, { cause });
  }
}

/** Another order of the same output. Its number is part of the task's name, which the last one has used up. */
const again = (job: Job): Job => ({ ...job, attempt: job.attempt + 1 });

/**
 * Orders jobs under names that are free: one that was ordered before and lost (a purged queue) has used its
 * name up, and the clock gives another. An order that is still under way is then made twice, to the same effect.
 */
async function orderAnew(jobs: readonly Job[], { order }: Orders): Promise<readonly Job[]> {
  const made = await order(jobs);
  const seconds = Math.floor(Date.now() / 1000);
  const renamed = jobs.map((job, index) =>
    made[index] === 'existed' ? { ...job, attempt: Math.max(seconds, job.attempt + 1) } : job,
  );
  await order(renamed.filter((_, index) => made[index] === 'existed'));
  return renamed;
}

/** `imagetx retry` */
export const retry = commandOf(retryFields, async ({ values, flags, words }, world) => {
  const target = await targetFor({ flags, words, role: 'RECORDS_BUCKET', env: world.env });
  const wanted = words.length > 0 ? words : [''];
  const names = (await Promise.all(wanted.map((word) => recordsOf(word, target)))).flat();
  const found = await Promise.all([...new Set(names)].map((name) => readRecord(name, target)));
  if (found.length === 0) world.err('nothing to retry: no output has failed there');
  if (values['dry-run']) {
    for (const { output, reason } of found) world.out(`${output}\t${reason}`);
    return 0;
  }
  const jobs = found.flatMap(({ job }) => (job ? [again(job)] : []));
  const orders = openOrders(target);
  const report = reportFor(world, values.json);
  try {
    // What another source has replaced is replaced again when it is made again.
    const lost = found
      .filter(({ job }) => job === undefined)
      .map(({ output, reason }) => outcome(output, 'failed', { error: reason }));
    for (const one of lost) report.over(one);
    const ordered = await orderAnew(jobs, orders);
    const leave = (): readonly string[] => {
      report.end();
      return ['imagetx: what was ordered goes on; imagetx retry --dry-run shows what has failed again'];
    };
    const follow = createFollow(target, report, values.timeout);
    const followed = await untilInterrupted(world, leave, () => follow(ordered));
    return exitCodeOf([...lost, ...followed]);
  } finally {
    report.end();
    await orders.close();
  }
});
