import { formatGsUrl } from '../../cloud/gs_url.ts';
import type { ObjectInfo, ObjectStore } from '../../cloud/storage.ts';
import { isProblem, type Problem } from '../../common/problem.ts';
import type { Job } from '../job.ts';
import { compareOrigins, isSameOrNewer, isSameSource, type Origin, originOf } from '../origin.ts';
import { type FailureRecord, failureName, secondFailureName } from '../record.ts';
import { writeNewest } from './write_newest.ts';

export interface RecordBuckets {
  readonly store: ObjectStore;
  readonly recordsBucket: string;
  readonly outputBucket: string;
}

export interface Failure {
  readonly output: string;
  /** Absent when another source has replaced the output: that source's task does not know the job. */
  readonly job?: Job;
  readonly origin: Origin;
  readonly problem: Problem;
  /** ISO 8601. */
  readonly time: string;
}

const attemptOf = ({ job }: Failure): number => job?.attempt ?? 0;

const retryCommand = (bucket: string, name: string): string =>
  `imagetx retry ${formatGsUrl({ bucket, name })}`;

const recordOf = (failure: Failure, name: string, { recordsBucket }: RecordBuckets): FailureRecord => ({
  output: failure.output,
  code: failure.problem.code,
  reason: failure.problem.message,
  isTransient: failure.problem.retry,
  time: failure.time,
  source: failure.origin,
  retry: retryCommand(recordsBucket, name),
  ...(failure.job ? { job: failure.job } : {}),
});

/** Whether the current record stays: it is about a newer source, or the same one with the same or a later attempt. */
function isLater(current: ObjectInfo, failure: Failure): boolean {
  const other = originOf(current);
  if (other === undefined) return false;
  const age = compareOrigins(other, failure.origin);
  return age === 0 ? Number(current.metadata.attempt) >= attemptOf(failure) : age > 0;
}

const fileOf = (record: FailureRecord) => ({
  data: Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`),
  contentType: 'application/json',
  cacheControl: 'no-store',
});

/** Copies the record of an older source to its second name, because a newer source's record takes the first one. */
async function moveToSecondName(current: ObjectInfo, output: string, buckets: RecordBuckets): Promise<void> {
  const { store, recordsBucket: bucket } = buckets;
  const other = originOf(current);
  if (other === undefined) return;
  const name = secondFailureName(output, other);
  try {
    const ref = { bucket, name: failureName(output), generation: current.generation };
    const record = JSON.parse(String(await store.read(ref))) as FailureRecord;
    const file = fileOf({ ...record, retry: retryCommand(bucket, name) });
    await store.write({ bucket, name, ...file, metadata: current.metadata, ifGeneration: '0' });
  } catch (error) {
    // Another task has copied it already, or has removed it because the output exists now.
    if (!isProblem(error, 'superseded', 'not_found')) throw error;
  }
}

/** Writes a record under one of its two names. @returns its generation; undefined when the current record stays. */
async function writeUnder(
  name: string,
  failure: Failure,
  buckets: RecordBuckets,
): Promise<string | undefined> {
  const { store, recordsBucket: bucket } = buckets;
  const { origin, problem, output } = failure;
  const result = await writeNewest(store, {
    bucket,
    name,
    ...fileOf(recordOf(failure, name, buckets)),
    metadata: () => ({ code: problem.code, attempt: String(attemptOf(failure)) }),
    origin,
    current: await store.stat({ bucket, name }),
    mustKeep: async (current) => {
      if (isLater(current, failure)) return true;
      const other = originOf(current);
      if (other && !isSameSource(other, origin)) await moveToSecondName(current, output, buckets);
      return false;
    },
  });
  if (result.state === 'written') return result.generation;
  const other = originOf(result.current);
  const isOfAnother = other !== undefined && !isSameSource(other, origin);
  const second = secondFailureName(output, origin);
  return isOfAnother && name !== second ? await writeUnder(second, failure, buckets) : undefined;
}

async function remove(store: ObjectStore, ref: { bucket: string; name: string; generation: string }) {
  try {
    await store.remove(ref);
  } catch (error) {
    // A newer record under this name is about a later failure, and stays.
    if (!isProblem(error, 'superseded')) throw error;
  }
}

/**
 * Writes the failure record of an output. A successful task removes the record after it has written the output, and this
 * function checks the output after it has written the record: in either order, no record of an existing output stays.
 */
export async function writeFailureRecord(failure: Failure, buckets: RecordBuckets): Promise<void> {
  const { output, origin } = failure;
  const generation = await writeUnder(failureName(output), failure, buckets);
  if (generation === undefined) return;
  const object = await buckets.store.stat({ bucket: buckets.outputBucket, name: output });
  if (object && isSameOrNewer(object, origin))
    await removeFailureRecords(output, origin, { ...buckets, isContested: true });
}

export interface Contest {
  /** Whether other sources may have written records of the output: it existed before, or was queued by hand. */
  readonly isContested: boolean;
}

/**
 * Removes the records of an output that its source has now, but not those of other or newer sources. It looks at the
 * second name only if that may be in use: if the first one is, or the output is contested.
 */
export async function removeFailureRecords(
  output: string,
  origin: Origin,
  buckets: RecordBuckets & Contest,
): Promise<void> {
  const { store, recordsBucket: bucket, isContested } = buckets;
  /** @returns whether a record of any source was found. */
  const removeUnder = async (name: string): Promise<boolean> => {
    const current = await store.stat({ bucket, name });
    if (current === undefined) return false;
    const other = originOf(current);
    const isOld = !other || (isSameSource(other, origin) && compareOrigins(other, origin) <= 0);
    if (isOld) await remove(store, { bucket, name, generation: current.generation });
    return true;
  };
  const isInUse = await removeUnder(failureName(output));
  if (isInUse || isContested) await removeUnder(secondFailureName(output, origin));
}
