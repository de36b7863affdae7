import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { gsUrl } from '../../cloud/gs_url.ts';
import { asProblem, Problem } from '../../common/problem.ts';
import type { Job } from '../../convert_batch/job.ts';
import { explain } from '../explain.ts';
import { fileProblem, type LocalFile, localFiles } from '../files.ts';
import { commandOf, missing } from '../flags.ts';
import { collisions } from '../outputs/collisions.ts';
import { createFollow, exitCodeOf } from '../outputs/follow.ts';
import { type Outcome, outcome } from '../outputs/outcome.ts';
import { conversionFromFlags, type PlanRules, planFor, readPlanRules } from '../outputs/plan.ts';
import { reportFor } from '../report/choose.ts';
import { lookAgain, untilInterrupted } from '../report/interrupt.ts';
import type { Report } from '../report/report.ts';
import { type Target, targetFor } from '../target/target.ts';
import { metadataOf, pickRuleFlags, putFields, wishFields } from './put_fields.ts';

type Metadata = Readonly<Record<string, string>>;

/** Uploads one file over what is there. @returns its generation. */
async function upload(file: LocalFile, metadata: Metadata, target: Target, report: Report): Promise<string> {
  const { path, object: name, contentType } = file;
  const data = await readFile(path).catch((cause: unknown) => Promise.reject(fileProblem(path, cause)));
  const there = await target.store.stat({ bucket: target.source, name });
  return await target.store.write({
    bucket: target.source,
    name,
    data,
    contentType,
    metadata,
    ifGeneration: there?.generation ?? '0',
    onProgress: (sent) => report.upload(name, sent, data.length),
  });
}

interface Wanted {
  readonly metadata: Metadata;
  readonly target: Target;
  readonly choices: PlanRules;
}

function jobsOf(file: LocalFile, generation: string, { metadata, target, choices }: Wanted): readonly Job[] {
  const { object: name, bytes } = file;
  const { jobs, ignored } = planFor({ name, facts: { generation, bytes, metadata } }, target, choices);
  if (ignored) throw new Problem('invalid_param', `${file.path}: nothing would be made of it: ${ignored}`);
  return jobs;
}

/** Every output can be asked for, and is made of one file. @throws Problem before anything is uploaded. */
function checkOutputs(files: readonly LocalFile[], wanted: Wanted): void {
  const makers = new Map<string, string>();
  for (const file of files) {
    for (const job of jobsOf(file, '0', wanted)) {
      conversionFromFlags(job);
      const { name } = job;
      const other = makers.get(name);
      if (other) throw new Problem('invalid_param', `${other} and ${file.path}: both would make ${name}`);
      makers.set(name, file.path);
    }
  }
}

/** What becomes of the outputs of a file that could not be uploaded. */
function unsent(jobs: readonly Job[], problem: Problem, report: Report): readonly Outcome[] {
  const outcomes = jobs.map(({ name }) =>
    outcome(name, 'failed', { error: `not uploaded: ${explain(problem)}` }),
  );
  for (const one of outcomes) report.over(one);
  return outcomes;
}

/** The folder that `--to` names. @throws Problem `invalid_param` when it is in another bucket. */
function folderOf(to: string | undefined, target: Target): string {
  if (to === undefined) return '';
  const { bucket, name } = gsUrl(to);
  if (bucket !== target.source)
    throw new Problem('invalid_param', `--to: expected the source bucket ${target.source}, got ${bucket}`);
  return name === '' || name.endsWith('/') ? name : `${name}/`;
}

/** What goes on of files after Ctrl-C, and what does not. */
function farewell(files: readonly LocalFile[], isUploaded: (object: string) => boolean, bucket: string) {
  const names = files.map(({ object }) => object);
  const sent = names.filter(isUploaded);
  const cut = names.length - sent.length;
  return [
    ...(cut > 0 ? [`imagetx: stopped: ${cut} of ${names.length} files were not uploaded`] : []),
    ...(sent.length > 0
      ? [`imagetx: outputs of the ${sent.length} uploaded go on; look again: ${lookAgain(bucket, sent)}`]
      : []),
  ];
}

/** `imagetx put` */
export const put = commandOf(putFields, async ({ values, flags, words }, world) => {
  if (words.length === 0) throw new Problem('missing_param', 'FILES: expected a file to upload, got none');
  if (!values.formats?.length) throw missing(wishFields.formats);
  const places = values.to === undefined ? [] : [values.to];
  const target = await targetFor({ flags, words: places, env: world.env });
  const metadata = metadataOf(flags);
  const wanted = { metadata, target, choices: await readPlanRules(pickRuleFlags(flags), target, world) };
  const files = await localFiles(words, folderOf(values.to, target));
  checkOutputs(files, wanted);
  const planned = files.map((file) => ({ path: file.path, jobs: jobsOf(file, '0', wanted) }));
  for (const line of await collisions(planned, target)) world.err(line);

  const report = reportFor(world, values.json);
  const follow = createFollow(target, report, values.timeout);
  const gate = pLimit(values.parallel);
  const uploaded = new Set<string>();
  const putOne = async (file: LocalFile): Promise<readonly Outcome[]> => {
    const sent = await gate(() => upload(file, metadata, target, report)).catch(asProblem);
    const jobs = jobsOf(file, typeof sent === 'string' ? sent : '0', wanted);
    if (typeof sent !== 'string') return unsent(jobs, sent, report);
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
