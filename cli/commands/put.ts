import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { parseGsUrl } from '../../cloud/gs_url.ts';
import type { ValuesOf } from '../../common/fields/field.ts';
import { asProblem, Problem } from '../../common/problem.ts';
import type { Job } from '../../convert_batch/job.ts';
import { defineCommand, describeError, type World } from '../command.ts';
import { fileProblem, type LocalFile, readLocalFiles } from '../files.ts';
import { missingFlag } from '../flags.ts';
import { findCollisions } from '../outputs/collisions.ts';
import { createFollow, exitCodeOf } from '../outputs/follow.ts';
import { makeOutcome, type Outcome } from '../outputs/outcome.ts';
import { conversionFromFlags, type PlanRules, planFor, readPlanRules } from '../outputs/plan.ts';
import { chooseReport } from '../report/choose.ts';
import { statusCommand, untilInterrupted } from '../report/interrupt.ts';
import type { Report } from '../report/report.ts';
import { findTarget, type Target } from '../target/target.ts';
import { metadataFields, pickMetadata, pickRuleFlags, putFields } from './put_fields.ts';

type PutValues = ValuesOf<typeof putFields>;
type Metadata = Readonly<Record<string, string>>;

interface PutOptions {
  readonly metadata: Metadata;
  readonly target: Target;
  readonly rules: PlanRules;
}

/** Uploads one file, and replaces the object of its name. @returns the new generation. */
async function upload(file: LocalFile, { metadata, target }: PutOptions, report: Report): Promise<string> {
  const { path, object: name, contentType } = file;
  const data = await readFile(path).catch((cause: unknown) => Promise.reject(fileProblem(path, cause)));
  const current = await target.store.stat({ bucket: target.source, name });
  return await target.store.write({
    bucket: target.source,
    name,
    data,
    contentType,
    metadata,
    ifGeneration: current?.generation ?? '0',
    onProgress: (sent) => report.upload(name, sent, data.length),
  });
}

function jobsOf(
  file: LocalFile,
  generation: string,
  { metadata, target, rules }: PutOptions,
): readonly Job[] {
  const { object: name, bytes } = file;
  const { jobs, ignored } = planFor({ name, info: { generation, bytes, metadata } }, target, rules);
  if (ignored) throw new Problem('invalid_param', `${file.path}: Fan would ignore it: ${ignored}`);
  return jobs;
}

/** Checks every output before the upload, and that no two files have the same one. @throws Problem `invalid_param`. */
function checkOutputs(files: readonly LocalFile[], options: PutOptions): void {
  const paths = new Map<string, string>();
  for (const file of files) {
    for (const job of jobsOf(file, '0', options)) {
      conversionFromFlags(job);
      const { name } = job;
      const other = paths.get(name);
      if (other) throw new Problem('invalid_param', `${other} and ${file.path}: both would make ${name}`);
      paths.set(name, file.path);
    }
  }
}

/** Reports the outputs of a file that could not be uploaded as failed. */
function failAll(jobs: readonly Job[], problem: Problem, report: Report): readonly Outcome[] {
  const outcomes = jobs.map(({ name }) =>
    makeOutcome(name, 'failed', { error: `not uploaded: ${describeError(problem)}` }),
  );
  for (const one of outcomes) report.finish(one);
  return outcomes;
}

/** The folder that `--to` names. @throws Problem `invalid_param` when it is in another bucket. */
function folderOf(to: string | undefined, target: Target): string {
  if (to === undefined) return '';
  const { bucket, name } = parseGsUrl(to);
  if (bucket !== target.source)
    throw new Problem('invalid_param', `--to: expected the source bucket ${target.source}, got ${bucket}`);
  return name === '' || name.endsWith('/') ? name : `${name}/`;
}

/** After Ctrl-C: how many files are missing, and how to see the outputs of the others. */
function farewell(files: readonly LocalFile[], isUploaded: (object: string) => boolean, bucket: string) {
  const names = files.map(({ object }) => object);
  const sent = names.filter(isUploaded);
  const missing = names.length - sent.length;
  return [
    ...(missing > 0 ? [`imagetx: stopped: ${missing} of ${names.length} files were not uploaded`] : []),
    ...(sent.length > 0
      ? [
          `imagetx: the outputs of ${sent.length === 1 ? 'the uploaded file' : `${sent.length} uploaded files`} are still being made; see ${statusCommand(bucket, sent)}`,
        ]
      : []),
  ];
}

interface Line {
  readonly flags: Readonly<Record<string, string>>;
  readonly positionals: readonly string[];
  readonly world: World;
}

/** Uploads through a service: `imagetx put --url`. */
async function putAllThrough(url: string, values: PutValues, line: Line): Promise<number> {
  const { flags, positionals, world } = line;
  const files = await readLocalFiles(positionals, '');
  const { putThrough } = await import('./put_url.ts');
  const report = chooseReport(world, values.json);
  const limit = pLimit(values.parallel);
  const options = {
    ...{ service: { url, key: values.key }, metadata: pickMetadata(flags) },
    ...{ seconds: values.timeout, report },
  };
  const putOne = (file: LocalFile): Promise<readonly Outcome[]> =>
    limit(() => putThrough(file, options)).catch((error: unknown) => {
      const failed = makeOutcome(file.object, 'failed', { error: describeError(error) });
      report.finish(failed);
      return [failed];
    });
  try {
    return exitCodeOf((await Promise.all(files.map(putOne))).flat());
  } finally {
    report.end();
  }
}

/** `imagetx put` */
export const put = defineCommand(putFields, async ({ values, flags, positionals }, world) => {
  if (positionals.length === 0)
    throw new Problem('missing_param', 'FILES: expected a file to upload, got none');
  if (!values.formats?.length && !values.presets?.length) throw missingFlag(metadataFields.formats);
  if (values.url) return await putAllThrough(values.url, values, { flags, positionals, world });
  const urls = values.to === undefined ? [] : [values.to];
  const target = await findTarget({ flags, urls, env: world.env });
  const metadata = pickMetadata(flags);
  const options = { metadata, target, rules: await readPlanRules(pickRuleFlags(flags), target, world) };
  const files = await readLocalFiles(positionals, folderOf(values.to, target));
  checkOutputs(files, options);
  const planned = files.map((file) => ({ path: file.path, jobs: jobsOf(file, '0', options) }));
  for (const line of await findCollisions(planned, target)) world.err(line);

  const report = chooseReport(world, values.json);
  const follow = createFollow(target, report, values.timeout);
  const limit = pLimit(values.parallel);
  const uploaded = new Set<string>();
  const putOne = async (file: LocalFile): Promise<readonly Outcome[]> => {
    const sent = await limit(() => upload(file, options, report)).catch(asProblem);
    const jobs = jobsOf(file, typeof sent === 'string' ? sent : '0', options);
    if (typeof sent !== 'string') return failAll(jobs, sent, report);
    uploaded.add(file.object);
    return await follow(jobs);
  };
  const leave = (): readonly string[] => {
    report.end();
    return farewell(files, (object) => uploaded.has(object), target.source);
  };
  try {
    for (const { object, bytes } of files) report.upload(object, 0, bytes);
    const outcomes = await untilInterrupted(world, leave, () => Promise.all(files.map(putOne)));
    return exitCodeOf(outcomes.flat());
  } finally {
    report.end();
  }
});
