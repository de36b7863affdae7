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

/** The records that an argument names: a record's URL, a URL prefix, or an output's name; empty: all. */
async function findRecords(text: string, target: Target): Promise<readonly string[]> {
  const { store, records: bucket } = target;
  if (text !== '' && !isGsUrl(text)) return await findOutputRecords(text, target);
  const url = isGsUrl(text) ? parseGsUrl(text) : { bucket, name: failedFolder };
  if (url.bucket !== bucket)
    throw new Problem('invalid_param', `${text}: expected a record in the records bucket ${bucket}`);
  if (url.name.endsWith('.json')) return [url.name];
  const names: string[] = [];
  for await (const { name } of store.list(bucket, url.name || failedFolder)) {
    if (name.startsWith(failedFolder)) names.push(name);
  }
  return names;
}

async function readRecord(name: string, { store, records: bucket }: Target): Promise<FailureRecord> {
  try {
    return JSON.parse(String(await store.read({ bucket, name }))) as FailureRecord;
  } catch (cause) {
    if (!isProblem(cause, 'not_found')) throw cause;
    throw new Problem('not_found', `gs://${bucket}/${name}: there is no such failure record`, { cause });
  }
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
  const names = (await Promise.all(wanted.map((text) => findRecords(text, target)))).flat();
  const found = await Promise.all([...new Set(names)].map((name) => readRecord(name, target)));
  if (found.length === 0) world.err('nothing to retry: found no failure records');
  if (values['dry-run']) {
    for (const { output, reason } of found) world.out(`${output}\t${reason}`);
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
