import type { ObjectStore } from '../../cloud/storage.ts';
import { isProblem, type Problem } from '../../common/problem.ts';
import { type Job, outputsOf } from '../job.ts';
import type { ManifestEntry } from '../record.ts';
import type { ConverterConfig } from './config.ts';
import { forgetFailure, recordFailure } from './failures.ts';
import type { Made } from './make.ts';
import { updateManifest } from './manifest.ts';
import { compareOrigins, isSameSource, type Origin, originOf } from './newest.ts';

export interface AfterOptions {
  readonly config: Pick<
    ConverterConfig,
    'DEST_BUCKET_NAME' | 'RECORDS_BUCKET' | 'MANIFEST' | 'DELETE_SOURCE'
  >;
  readonly store: ObjectStore;
}

const placeOf = ({ config, store }: AfterOptions) => ({
  store,
  recordsBucket: config.RECORDS_BUCKET,
  outputBucket: config.DEST_BUCKET_NAME,
});

async function tell(job: Job, origin: Origin, entry: ManifestEntry, { config, store }: AfterOptions) {
  if (!config.MANIFEST) return;
  const update = { origin, outputs: outputsOf(job), output: job.name, entry };
  await updateManifest(store, config.RECORDS_BUCKET, update);
}

/** undefined: what is there is of a newer generation of the same source, which keeps its own manifest. */
function entryOf(made: Exclude<Made, { state: 'superseded' }>, origin: Origin): ManifestEntry | undefined {
  if (made.state === 'converted') {
    const { data, format } = made.converted;
    return { state: 'done', bytes: data.length, contentType: format.mime };
  }
  const { bytes, contentType } = made.there;
  const other = originOf(made.there) ?? origin;
  if (compareOrigins(other, origin) === 0) {
    return { state: 'done', bytes, ...(contentType ? { contentType } : {}) };
  }
  if (isSameSource(other, origin)) return undefined;
  const reason = `gs://${other.bucket}/${other.name} is newer and writes the same output`;
  return { state: 'failed', code: 'superseded', reason };
}

/** Whether every output of this source generation is there. */
async function isComplete(job: Job, origin: Origin, { config, store }: AfterOptions): Promise<boolean> {
  const bucket = config.DEST_BUCKET_NAME;
  const outputs = await Promise.all(outputsOf(job).map((name) => store.stat({ bucket, name })));
  return outputs.every((facts) => {
    const other = facts && originOf(facts);
    return (
      other !== undefined && facts !== undefined && facts.bytes > 0 && compareOrigins(other, origin) === 0
    );
  });
}

async function removeSource(job: Job, origin: Origin, options: AfterOptions): Promise<void> {
  if (!options.config.DELETE_SOURCE || !(await isComplete(job, origin, options))) return;
  try {
    await options.store.remove(origin);
  } catch (error) {
    // It was uploaded again, and that generation is wanted.
    if (!isProblem(error, 'superseded')) throw error;
  }
}

/** What follows when an output is there: its failure is forgotten, its source told and perhaps deleted. */
export async function afterSuccess(
  job: Job,
  origin: Origin,
  made: Made,
  options: AfterOptions,
): Promise<void> {
  if (made.state === 'superseded') return;
  await forgetFailure(job.name, origin, placeOf(options));
  const entry = entryOf(made, origin);
  if (entry) await tell(job, origin, entry, options);
  if (entry?.state === 'done') await removeSource(job, origin, options);
}

/** What follows when an output cannot be made: it is written down. `time` is ISO 8601. */
export async function afterFailure(
  failure: { readonly job: Job; readonly origin: Origin; readonly problem: Problem; readonly time: string },
  options: AfterOptions,
): Promise<void> {
  const { job, origin, problem } = failure;
  await recordFailure(failure, placeOf(options));
  await tell(job, origin, { state: 'failed', code: problem.code, reason: problem.message }, options);
}
