import { isMarked, markDeleted } from '../../cloud/deleted_mark.ts';
import { formatGsUrl } from '../../cloud/gs_url.ts';
import type { ObjectInfo, ObjectStore } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import type { Placeholders } from '../../engine/index.ts';
import { isLive } from '../claim.ts';
import { type Job, outputsOf } from '../job.ts';
import { compareOrigins, isSameSource, type Origin, originOf, replacedOf } from '../origin.ts';
import type { ManifestEntry } from '../record.ts';
import type { ConverterConfig } from './config.ts';
import { removeFailureRecords, writeFailureRecord } from './failures.ts';
import type { JobResult, SourceJob } from './make_output.ts';
import { type ManifestUpdate, updateManifest } from './manifest.ts';

export interface BookkeepingOptions {
  readonly config: Pick<
    ConverterConfig,
    'DEST_BUCKET_NAME' | 'RECORDS_BUCKET' | 'MANIFEST' | 'DELETE_SOURCE'
  >;
  readonly store: ObjectStore;
  readonly now: () => Date;
}

const recordsOf = ({ config, store }: BookkeepingOptions) => ({
  store,
  recordsBucket: config.RECORDS_BUCKET,
  outputBucket: config.DEST_BUCKET_NAME,
});

async function update(change: ManifestUpdate, { config, store }: BookkeepingOptions): Promise<void> {
  if (config.MANIFEST) await updateManifest(store, config.RECORDS_BUCKET, change);
}

const updateEntry = (
  { job, origin }: SourceJob,
  entry: ManifestEntry,
  options: BookkeepingOptions,
): Promise<void> =>
  update({ origin, outputs: outputsOf(job), output: job.name, entry, isByHand: job.attempt > 0 }, options);

const failedEntry = ({ code, message: reason }: Problem): ManifestEntry => ({
  state: 'failed',
  code,
  reason,
});

const doneEntry = (
  bytes: number,
  contentType: string | undefined,
  placeholder: Placeholders = {},
): ManifestEntry => ({
  state: 'done',
  bytes,
  ...(contentType ? { contentType } : {}),
  ...(Object.keys(placeholder).length > 0 ? { placeholder } : {}),
});

/** Records that a job has failed for good. */
export async function recordFailure(
  sourceJob: SourceJob,
  problem: Problem,
  options: BookkeepingOptions,
): Promise<void> {
  const { job, origin } = sourceJob;
  const time = options.now().toISOString();
  await writeFailureRecord({ job, origin, output: job.name, problem, time }, recordsOf(options));
  await updateEntry(sourceJob, failedEntry(problem), options);
}

/** The problem of a source whose output a newer source has. */
const supersededBy = (newer: Origin, output: string): Problem =>
  new Problem('superseded', `${output}: ${formatGsUrl(newer)} is newer and writes the same output`);

/** Records that a source's output was replaced, unless that source is gone and misses nothing. */
async function recordReplaced(
  replaced: Origin | undefined,
  { job, origin }: SourceJob,
  options: BookkeepingOptions,
): Promise<void> {
  if (replaced === undefined || isSameSource(replaced, origin)) return;
  if (!(await isLive(replaced, options.store))) return;
  const problem = supersededBy(origin, job.name);
  const time = options.now().toISOString();
  await writeFailureRecord({ output: job.name, origin: replaced, problem, time }, recordsOf(options));
  const change = { origin: replaced, outputs: [], output: job.name, entry: failedEntry(problem) };
  await update({ ...change, isByHand: false }, options);
}

/** Every output of this source generation; undefined unless all of them exist and were made from it. */
async function findOwnOutputs(job: Job, origin: Origin, { config, store }: BookkeepingOptions) {
  const bucket = config.DEST_BUCKET_NAME;
  const found = await Promise.all(
    outputsOf(job).map(async (name) => ({ bucket, name, object: await store.stat({ bucket, name }) })),
  );
  const own = found.flatMap(({ object, ...ref }) => {
    const other = object && originOf(object);
    const isOwn = object && object.bytes > 0 && other && compareOrigins(other, origin) === 0;
    return isOwn ? [{ ...ref, object }] : [];
  });
  return own.length === found.length ? own : undefined;
}

/**
 * Deletes a source when all of its outputs exist and were made from it. It first marks each output at the generation
 * found. No other source may replace a marked output, so a deleted source lives on as its outputs.
 */
async function removeSource({ job, origin }: SourceJob, options: BookkeepingOptions): Promise<void> {
  const { config, store } = options;
  const own = config.DELETE_SOURCE ? await findOwnOutputs(job, origin, options) : undefined;
  if (own === undefined) return;
  try {
    const unmarked = own.filter(({ object }) => !isMarked(object));
    await Promise.all(
      unmarked.map(({ bucket, name, object: { generation } }) =>
        markDeleted(store, { bucket, name, generation }),
      ),
    );
    await store.remove(origin);
  } catch (error) {
    // An output was replaced or deleted, or the source was uploaded again: the source is still needed.
    if (!isProblem(error, 'superseded', 'not_found')) throw error;
  }
}

async function recordConverted(
  sourceJob: SourceJob,
  { converted, placeholder, replaced }: Extract<JobResult, { state: 'converted' }>,
  options: BookkeepingOptions,
): Promise<void> {
  const { job, origin } = sourceJob;
  const { data, format } = converted;
  const isContested = replaced !== undefined || job.attempt > 0;
  await removeFailureRecords(job.name, origin, { ...recordsOf(options), isContested });
  await updateEntry(sourceJob, doneEntry(data.length, format.mime, placeholder), options);
  if (replaced) {
    // The writer of the replaced output may have been cut off before it recorded what it replaced.
    for (const other of [originOf(replaced), replacedOf(replaced)])
      await recordReplaced(other, sourceJob, options);
  }
  await removeSource(sourceJob, options);
}

async function recordKept(
  sourceJob: SourceJob,
  current: ObjectInfo,
  options: BookkeepingOptions,
): Promise<void> {
  const { job, origin } = sourceJob;
  const other = originOf(current) ?? origin;
  if (!isSameSource(other, origin)) {
    return await recordFailure(sourceJob, supersededBy(other, job.name), options);
  }
  await removeFailureRecords(job.name, origin, { ...recordsOf(options), isContested: true });
  // A newer generation of the source has a manifest of its own, and deletes the source itself.
  if (compareOrigins(other, origin) !== 0) return;
  await updateEntry(sourceJob, doneEntry(current.bytes, current.contentType), options);
  await recordReplaced(replacedOf(current), sourceJob, options);
  await removeSource(sourceJob, options);
}

/** Updates records and manifest after a job that did not fail, and deletes the source where that is set. */
export async function recordResult(
  sourceJob: SourceJob,
  result: JobResult,
  options: BookkeepingOptions,
): Promise<void> {
  if (result.state === 'converted') await recordConverted(sourceJob, result, options);
  if (result.state === 'kept') await recordKept(sourceJob, result.current, options);
}
