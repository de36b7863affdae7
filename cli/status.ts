import type { FieldTable } from '../common/field.ts';
import { Problem } from '../common/problem.ts';
import type { Job } from '../convert_batch/job.ts';
import { type Manifest, manifestName } from '../convert_batch/record.ts';
import { commandOf } from './flags.ts';
import { createFollow, exitCodeOf, followFields } from './follow.ts';
import { gsUrl } from './gs_url.ts';
import { tableReport } from './report.ts';
import { reportFor } from './report_for.ts';
import { type Target, targetFor } from './target.ts';
import { localFields, targetFields } from './target_fields.ts';
import { type Choices, choiceFields, plannedFor } from './wishes.ts';

const statusFields = {
  ...followFields,
  timeout: { ...followFields.timeout, default: 0 },
  ...choiceFields,
  ...targetFields,
  ...localFields,
} as const satisfies FieldTable;

/** Outputs that a manifest remembers of a source that is gone. */
async function remembered(name: string, { store, records, source }: Target): Promise<readonly Job[]> {
  const facts = await store.stat({ bucket: records, name: manifestName(name) });
  if (!facts) throw new Problem('not_found', `gs://${source}/${name}: there is no such object`);
  const text = String(await store.read({ bucket: records, name: manifestName(name) }));
  const { source: origin, outputs } = JSON.parse(text) as Manifest;
  return Object.keys(outputs).map((output) => ({
    ...{ format: '', params: '', outputs: '[]', fault: '', attempt: 0, traceparent: '' },
    ...{ bucket: origin.bucket, source: origin.name, generation: origin.generation, name: output },
  }));
}

/** @throws Problem when there is no such object, or nothing is made of it. */
async function jobsOf(url: string, target: Target, choices: Choices): Promise<readonly Job[]> {
  const { bucket, name } = gsUrl(url);
  if (bucket !== target.source)
    throw new Problem('invalid_param', `${url}: expected an object of the source bucket ${target.source}`);
  const facts = await target.store.stat({ bucket, name });
  if (!facts) return await remembered(name, target);
  const { jobs, ignored } = plannedFor({ name, facts }, target, choices);
  if (ignored) throw new Problem('unprocessable', `${url}: nothing is made of it: ${ignored}`);
  return jobs;
}

/** `imagetx status` */
export const status = commandOf(statusFields, async ({ values, flags, words }, world) => {
  if (words.length === 0)
    throw new Problem('missing_param', 'expected a URL such as gs://BUCKET/OBJECT, got none');
  const target = await targetFor({ flags, words, env: world.env });
  const jobs = (await Promise.all(words.map((url) => jobsOf(url, target, values)))).flat();
  const report = reportFor(world, values.json, tableReport);
  try {
    return exitCodeOf(await createFollow(target, report, values.timeout)(jobs));
  } finally {
    report.end();
  }
});
