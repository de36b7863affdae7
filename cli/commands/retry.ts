import pLimit from 'p-limit';
import { isGsUrl, parseGsUrl } from '../../cloud/gs_url.ts';
import type { FieldTable } from '../../common/fields/field.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import type { Job } from '../../convert_batch/job.ts';
import { type FailureRecord, failedFolder, failureName } from '../../convert_batch/record.ts';
import { defineCommand } from '../command.ts';
import { type Enqueuer, openEnqueuer } from '../outputs/enqueue.ts';
import { createFollow, exitCodeOf, followFields } from '../outputs/follow.ts';
import { makeOutcome } from '../outputs/outcome.ts';
import { chooseReport } from '../report/choose.ts';
import { untilInterrupted } from '../report/interrupt.ts';
import { clean } from '../report/live_view.ts';
import { localFields, queueFlags, targetFields } from '../target/fields.ts';
import { findTarget, type Target } from '../target/target.ts';

const retryFields = {
  'dry-run': {
    kind: 'bool',
    default: false,
    flag: 'dry-run',
    doc: 'Lists the outputs that would be queued, and why they failed.',
  },
  ...followFields,
  ...targetFields,
  ...queueFlags,
  ...localFields,
} as const satisfies FieldTable;

/** The records of one output: one of the newest source, others of older sources. */
async function findOutputRecords(
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

function checkRecordName(name: string, { records: bucket }: Target): string {
  if (name.startsWith(failedFolder)) return name;
  throw new Problem(
    'invalid_param',
    `gs://${bucket}/${name}: expected a record below gs://${bucket}/${failedFolder}`,
  );
}

/** The names of the records that an argument names: a record's URL, a URL prefix, or an output's name; empty: all. */
async function findRecords(text: string, target: Target): Promise<readonly string[]> {
  const { store, records: bucket } = target;
  if (text !== '' && !isGsUrl(text)) return await findOutputRecords(text, target);
  const url = isGsUrl(text) ? parseGsUrl(text) : { bucket, name: failedFolder };
  if (url.bucket !== bucket)
    throw new Problem('invalid_param', `${text}: expected a record in the records bucket ${bucket}`);
  if (url.name.endsWith('.json')) return [checkRecordName(url.name, target)];
  const names: string[] = [];
  for await (const { name } of store.list(bucket, url.name || failedFolder)) {
    if (name.startsWith(failedFolder)) names.push(name);
  }
  return names;
}

/** Undefined when the output has been made meanwhile, which removes its record. */
async function readRecord(
  name: string,
  { store, records: bucket }: Target,
): Promise<FailureRecord | undefined> {
  try {
    return JSON.parse(String(await store.read({ bucket, name }))) as FailureRecord;
  } catch (cause) {
    if (!isProblem(cause, 'not_found')) throw cause;
    return undefined;
  }
}

/** Records that are read at the same time. */
const parallel = 32;

/** The records of an argument by name. @throws Problem `not_found` for a single record that does not exist. */
async function readRecords(text: string, target: Target): Promise<readonly [string, FailureRecord][]> {
  const names = await findRecords(text, target);
  const limit = pLimit(parallel);
  const read = names.map((name) => limit(async () => [name, await readRecord(name, target)] as const));
  const found = (await Promise.all(read)).flatMap(([name, record]): [string, FailureRecord][] =>
    record ? [[name, record]] : [],
  );
  if (names.length !== 1 || found.length === 1) return found;
  throw new Problem('not_found', `gs://${target.records}/${names[0]}: there is no such failure record`);
}

/** The job with the next attempt number, which is part of the task's name: the queue knows the last name already. */
const nextAttempt = (job: Job): Job => ({ ...job, attempt: job.attempt + 1 });

/**
 * Queues jobs under unused task names. The queue still knows the name of a job that was queued before and lost (a purged
 * queue); such a job gets a name from the clock. A job that is still queued then runs twice, with the same result.
 */
async function enqueueAgain(jobs: readonly Job[], { enqueue }: Enqueuer): Promise<readonly Job[]> {
  const results = await enqueue(jobs);
  const seconds = Math.floor(Date.now() / 1000);
  const renamed = jobs.map((job, index) =>
    results[index] === 'existed' ? { ...job, attempt: Math.max(seconds, job.attempt + 1) } : job,
  );
  await enqueue(renamed.filter((_, index) => results[index] === 'existed'));
  return renamed;
}

/** `imagetx retry` */
export const retry = defineCommand(retryFields, async ({ values, flags, positionals }, world) => {
  const target = await findTarget({ flags, urls: positionals, role: 'RECORDS_BUCKET', env: world.env });
  const wanted = positionals.length > 0 ? positionals : [''];
  const read = await Promise.all(wanted.map((text) => readRecords(text, target)));
  const found = [...new Map(read.flat()).values()];
  if (found.length === 0) world.err('nothing to retry: found no failure records');
  if (values['dry-run']) {
    for (const { output, reason } of found) world.out(`${clean(output)}\t${clean(reason)}`);
    return 0;
  }
  const jobs = found.flatMap(({ job }) => (job ? [nextAttempt(job)] : []));
  const enqueuer = openEnqueuer(target);
  const report = chooseReport(world, values.json);
  try {
    // An output that another source has replaced would be replaced again.
    const lost = found
      .filter(({ job }) => job === undefined)
      .map(({ output, reason }) => makeOutcome(output, 'failed', { error: reason }));
    for (const one of lost) report.finish(one);
    const queued = await enqueueAgain(jobs, enqueuer);
    const leave = (): readonly string[] => {
      report.end();
      return ['imagetx: queued conversions continue; imagetx retry --dry-run lists those that fail again'];
    };
    const follow = createFollow(target, report, values.timeout);
    const followed = await untilInterrupted(world, leave, () => follow(queued));
    return exitCodeOf([...lost, ...followed]);
  } finally {
    report.end();
    await enqueuer.close();
  }
});
