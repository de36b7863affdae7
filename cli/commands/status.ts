import { parseGsUrl } from '../../cloud/gs_url.ts';
import type { FieldTable } from '../../common/fields/field.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import type { Job } from '../../convert_batch/job.ts';
import { type Manifest, manifestName } from '../../convert_batch/record.ts';
import { defineCommand } from '../command.ts';
import { createFollow, exitCodeOf, type Follow, followFields } from '../outputs/follow.ts';
import { makeOutcome, type Outcome } from '../outputs/outcome.ts';
import { type PlanRules, planFlags, planFor, readPlanRules } from '../outputs/plan.ts';
import { chooseReport } from '../report/choose.ts';
import { type Report, tableReport } from '../report/report.ts';
import { fanServiceFields, localFields, targetFields } from '../target/fields.ts';
import { findTarget, type Target } from '../target/target.ts';

const statusFields = {
  ...followFields,
  timeout: { ...followFields.timeout, default: 0 },
  ...planFlags,
  ...targetFields,
  ...fanServiceFields,
  ...localFields,
} as const satisfies FieldTable;

/** The jobs of a source that no longer exists, from its manifest. */
async function readManifestJobs(name: string, { store, records }: Target): Promise<readonly Job[]> {
  const manifest = await store.stat({ bucket: records, name: manifestName(name) });
  if (!manifest) throw new Problem('not_found', 'there is no such object');
  const text = String(await store.read({ bucket: records, name: manifestName(name) }));
  const { source: origin, outputs } = JSON.parse(text) as Manifest;
  return Object.keys(outputs).map((output) => ({
    ...{ format: '', params: '', outputs: '[]', fault: '', attempt: 0, traceparent: '' },
    ...{ bucket: origin.bucket, source: origin.name, generation: origin.generation, name: output },
  }));
}

/** @throws Problem `not_found` when the object does not exist, `unprocessable` when Fan ignores it. */
async function findJobs(name: string, target: Target, rules: PlanRules): Promise<readonly Job[]> {
  const info = await target.store.stat({ bucket: target.source, name });
  if (!info) return await readManifestJobs(name, target);
  const { jobs, ignored } = planFor({ name, info }, target, rules);
  if (ignored) throw new Problem('unprocessable', `Fan ignores it: ${ignored}`);
  return jobs;
}

function nameOf(url: string, { source }: Target): string {
  const { bucket, name } = parseGsUrl(url);
  if (bucket === source && name !== '') return name;
  throw new Problem('invalid_param', `${url}: expected an object of the source bucket ${source}`);
}

interface StatusOptions {
  readonly target: Target;
  readonly rules: PlanRules;
  readonly report: Report;
  readonly follow: Follow;
}

/** The outcomes of an object's outputs. An object without outputs is one failed outcome, so that others are still shown. */
async function findOutcomes(name: string, options: StatusOptions): Promise<readonly Outcome[]> {
  const { target, rules, report, follow } = options;
  const jobs = await findJobs(name, target, rules).catch((error: unknown) => {
    if (isProblem(error, 'not_found', 'unprocessable')) return error;
    throw error;
  });
  if (!(jobs instanceof Problem)) return await follow(jobs);
  const failed = makeOutcome(`gs://${target.source}/${name}`, 'failed', { error: jobs.message });
  report.finish(failed);
  return [failed];
}

/** `imagetx status` */
export const status = defineCommand(statusFields, async ({ values, flags, positionals }, world) => {
  if (positionals.length === 0)
    throw new Problem('missing_param', 'URL: expected one such as gs://BUCKET/OBJECT, got none');
  const target = await findTarget({ flags, urls: positionals, env: world.env });
  const rules = await readPlanRules(flags, target, world);
  const names = [...new Set(positionals.map((url) => nameOf(url, target)))];
  const report = chooseReport(world, values.json, tableReport);
  const follow = createFollow(target, report, values.timeout);
  const options: StatusOptions = { target, rules, report, follow };
  try {
    const outcomes = await Promise.all(names.map((name) => findOutcomes(name, options)));
    return exitCodeOf(outcomes.flat());
  } finally {
    report.end();
  }
});
