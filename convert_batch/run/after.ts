import { isMarked } from '../../cloud/deleted_mark.ts';
import type { ObjectFacts, ObjectStore } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import { type Job, outputsOf } from '../job.ts';
import type { ManifestEntry } from '../record.ts';
import { isLive, markDeleted, urlOf } from './claim.ts';
import type { ConverterConfig } from './config.ts';
import { forgetFailure, recordFailure } from './failures.ts';
import type { Made } from './make.ts';
import { type ManifestUpdate, updateManifest } from './manifest.ts';
import { compareOrigins, isSameSource, type Origin, originOf, replacedOf } from './newest.ts';

export interface AfterOptions {
  readonly config: Pick<
    ConverterConfig,
    'DEST_BUCKET_NAME' | 'RECORDS_BUCKET' | 'MANIFEST' | 'DELETE_SOURCE'
  >;
  readonly store: ObjectStore;
  readonly now: () => Date;
}

const placeOf = ({ config, store }: AfterOptions) => ({
  store,
  recordsBucket: config.RECORDS_BUCKET,
  outputBucket: config.DEST_BUCKET_NAME,
});

async function update(news: ManifestUpdate, { config, store }: AfterOptions): Promise<void> {
  if (config.MANIFEST) await updateManifest(store, config.RECORDS_BUCKET, news);
}

const tell = (job: Job, origin: Origin, entry: ManifestEntry, options: AfterOptions): Promise<void> =>
  update({ origin, outputs: outputsOf(job), output: job.name, entry, isByHand: job.attempt > 0 }, options);

/** Why a source has not the output that it shares with a newer one. */
const lossTo = (newer: Origin, output: string): Problem =>
  new Problem('superseded', `${output}: ${urlOf(newer)} is newer and writes the same output`);

type Failure = {
  readonly job: Job;
  readonly origin: Origin;
  readonly problem: Problem;
  readonly time: string;
};

/** What follows when an output cannot be made: it is written down. `time` is ISO 8601. */
export async function afterFailure(failure: Failure, options: AfterOptions): Promise<void> {
  const { job, origin, problem } = failure;
  await recordFailure({ ...failure, output: job.name }, placeOf(options));
  await tell(job, origin, { state: 'failed', code: problem.code, reason: problem.message }, options);
}

/** Tells a source whose output was replaced, in its record and its manifest. One that is gone misses nothing. */
async function tellLoser(
  loser: Origin | undefined,
  { job, origin }: Errand,
  options: AfterOptions,
): Promise<void> {
  if (loser === undefined || isSameSource(loser, origin) || !(await isLive(loser, options.store))) return;
  const problem = lossTo(origin, job.name);
  const time = options.now().toISOString();
  await recordFailure({ output: job.name, origin: loser, problem, time }, placeOf(options));
  const entry: ManifestEntry = { state: 'failed', code: problem.code, reason: problem.message };
  await update({ origin: loser, outputs: [], output: job.name, entry, isByHand: false }, options);
}

interface Errand {
  readonly job: Job;
  readonly origin: Origin;
}

/** Every output of this source generation; undefined unless all are there and were made of it. */
async function ownOutputs(job: Job, origin: Origin, { config, store }: AfterOptions) {
  const bucket = config.DEST_BUCKET_NAME;
  const seen = await Promise.all(
    outputsOf(job).map(async (name) => ({ bucket, name, facts: await store.stat({ bucket, name }) })),
  );
  const own = seen.flatMap(({ facts, ...place }) => {
    const other = facts && originOf(facts);
    const isOwn = facts && facts.bytes > 0 && other && compareOrigins(other, origin) === 0;
    return isOwn ? [{ ...place, facts }] : [];
  });
  return own.length === seen.length ? own : undefined;
}

/**
 * Deletes a source while every output is there and its own. Each output is marked first, at the generation that was
 * seen, and no other source may replace a marked one: what is deleted stays as its outputs.
 */
async function removeSource(job: Job, origin: Origin, options: AfterOptions): Promise<void> {
  const { config, store } = options;
  const own = config.DELETE_SOURCE ? await ownOutputs(job, origin, options) : undefined;
  if (own === undefined) return;
  try {
    const unmarked = own.filter(({ facts }) => !isMarked(facts));
    await Promise.all(
      unmarked.map(({ bucket, name, facts: { generation } }) =>
        markDeleted(store, { bucket, name, generation }),
      ),
    );
    await store.remove(origin);
  } catch (error) {
    // An output was replaced or deleted, or the source was uploaded again: then it is wanted.
    if (!isProblem(error, 'superseded', 'not_found')) throw error;
  }
}

const doneEntry = (bytes: number, contentType: string | undefined): ManifestEntry => ({
  state: 'done',
  bytes,
  ...(contentType ? { contentType } : {}),
});

async function afterWriting(
  job: Job,
  origin: Origin,
  made: Extract<Made, { state: 'converted' }>,
  options: AfterOptions,
) {
  const { data, format } = made.converted;
  const isContested = made.replaced !== undefined || job.attempt > 0;
  await forgetFailure(job.name, origin, { ...placeOf(options), isContested });
  await tell(job, origin, doneEntry(data.length, format.mime), options);
  if (made.replaced) {
    // The one before may have been cut off before it told.
    for (const loser of [originOf(made.replaced), replacedOf(made.replaced)])
      await tellLoser(loser, { job, origin }, options);
  }
  await removeSource(job, origin, options);
}

async function afterKeeping(
  job: Job,
  origin: Origin,
  there: ObjectFacts,
  options: AfterOptions,
): Promise<void> {
  const other = originOf(there) ?? origin;
  if (!isSameSource(other, origin)) {
    const time = options.now().toISOString();
    return await afterFailure({ job, origin, problem: lossTo(other, job.name), time }, options);
  }
  await forgetFailure(job.name, origin, { ...placeOf(options), isContested: true });
  // A newer generation of the source keeps its own manifest, and is what would be deleted.
  if (compareOrigins(other, origin) !== 0) return;
  await tell(job, origin, doneEntry(there.bytes, there.contentType), options);
  await tellLoser(replacedOf(there), { job, origin }, options);
  await removeSource(job, origin, options);
}

/** What follows when a job did not fail: records and manifests are told, and the source is perhaps deleted. */
export async function afterSuccess(
  job: Job,
  origin: Origin,
  made: Made,
  options: AfterOptions,
): Promise<void> {
  if (made.state === 'converted') await afterWriting(job, origin, made, options);
  if (made.state === 'kept') await afterKeeping(job, origin, made.there, options);
}
