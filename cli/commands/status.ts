import { gsUrl } from '../../cloud/gs_url.ts';
import type { FieldTable } from '../../common/field.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import type { Job } from '../../convert_batch/job.ts';
import { type Manifest, manifestName } from '../../convert_batch/record.ts';
import { commandOf } from '../flags.ts';
import { createFollow, exitCodeOf, type Follow, followFields } from '../outputs/follow.ts';
import { type Outcome, outcome } from '../outputs/outcome.ts';
import { type PlanRules, planFlags, planFor, readPlanRules } from '../outputs/plan.ts';
import { reportFor } from '../report/choose.ts';
import { type Report, tableReport } from '../report/report.ts';
import { fanPlaceFields, localFields, targetFields } from '../target/fields.ts';
import { type Target, targetFor } from '../target/target.ts';

const statusFields = {
  ...followFields,
  timeout: { ...followFields.timeout, default: 0 },
  ...planFlags,
  ...targetFields,
  ...fanPlaceFields,
  ...localFields,
} as const satisfies FieldTable;

/** Outputs that a manifest remembers of a source that is gone. */
async function remembered(name: string, { store, records }: Target): Promise<readonly Job[]> {
  const facts = await store.stat({ bucket: records, name: manifestName(name) });
  if (!facts) throw new Problem('not_found', 'there is no such object');
  const text = String(await store.read({ bucket: records, name: manifestName(name) }));
  const { source: origin, outputs } = JSON.parse(text) as Manifest;
  return Object.keys(outputs).map((output) => ({
    ...{ format: '', params: '', outputs: '[]', fault: '', attempt: 0, traceparent: '' },
    ...{ bucket: origin.bucket, source: origin.name, generation: origin.generation, name: output },
  }));
}

/** @throws Problem `not_found`, `unprocessable` when there is no such object, or nothing is made of it. */
async function jobsOf(name: string, target: Target, choices: PlanRules): Promise<readonly Job[]> {
  const facts = await target.store.stat({ bucket: target.source, name });
  if (!facts) return await remembered(name, target);
  const { jobs, ignored } = planFor({ name, facts }, target, choices);
  if (ignored) throw new Problem('unprocessable', `nothing is made of it: ${ignored}`);
  return jobs;
}

function nameOf(url: string, { source }: Target): string {
  const { bucket, name } = gsUrl(url);
  if (bucket === source && name !== '') return name;
  throw new Problem('invalid_param', `${url}: expected an object of the source bucket ${source}`);
}

interface Looking {
  readonly target: Target;
  readonly choices: PlanRules;
  readonly report: Report;
  readonly follow: Follow;
}

/** The outcomes of an object; where it has none, its own, so that one hides no other's. */
async function outcomesOf(name: string, looking: Looking): Promise<readonly Outcome[]> {
  const { target, choices, report, follow } = looking;
  const jobs = await jobsOf(name, target, choices).catch((error: unknown) => {
    if (isProblem(error, 'not_found', 'unprocessable')) return error;
    throw error;
  });
  if (!(jobs instanceof Problem)) return await follow(jobs);
  const told = outcome(`gs://${target.source}/${name}`, 'failed', { error: jobs.message });
  report.over(told);
  return [told];
}

/** `imagetx status` */
export const status = commandOf(statusFields, async ({ values, flags, words }, world) => {
  if (words.length === 0)
    throw new Problem('missing_param', 'expected a URL such as gs://BUCKET/OBJECT, got none');
  const target = await targetFor({ flags, words, env: world.env });
  const choices = await readPlanRules(flags, target, world);
  const names = [...new Set(words.map((url) => nameOf(url, target)))];
  const report = reportFor(world, values.json, tableReport);
  const follow = createFollow(target, report, values.timeout);
  const looking: Looking = { target, choices, report, follow };
  try {
    const outcomes = await Promise.all(names.map((name) => outcomesOf(name, looking)));
    return exitCodeOf(outcomes.flat());
  } finally {
    report.end();
  }
});
