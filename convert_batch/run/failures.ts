import type { ObjectFacts, ObjectStore } from '../../cloud/storage.ts';
import { isProblem, type Problem } from '../../common/problem.ts';
import type { Job } from '../job.ts';
import { type FailureRecord, failureName, secondFailureName } from '../record.ts';
import { compareOrigins, isSameSource, isUpToDate, type Origin, originOf, writeNewest } from './newest.ts';

export interface FailurePlace {
  readonly store: ObjectStore;
  readonly recordsBucket: string;
  readonly outputBucket: string;
}

export interface Failure {
  readonly output: string;
  /** Absent where the job is not known: another source has replaced the output. */
  readonly job?: Job;
  readonly origin: Origin;
  readonly problem: Problem;
  /** ISO 8601. */
  readonly time: string;
}

const attemptOf = ({ job }: Failure): number => job?.attempt ?? 0;

const retryCommand = (bucket: string, name: string): string => `imagetx retry gs://${bucket}/${name}`;

const recordOf = (failure: Failure, name: string, { recordsBucket }: FailurePlace): FailureRecord => ({
  output: failure.output,
  code: failure.problem.code,
  reason: failure.problem.message,
  isTransient: failure.problem.retry,
  time: failure.time,
  source: failure.origin,
  retry: retryCommand(recordsBucket, name),
  ...(failure.job ? { job: failure.job } : {}),
});

/** A record stays when it is of a newer source, or of the same one and as late an order. */
function isLater(there: ObjectFacts, failure: Failure): boolean {
  const other = originOf(there);
  if (other === undefined) return false;
  const order = compareOrigins(other, failure.origin);
  return order === 0 ? Number(there.metadata.attempt) >= attemptOf(failure) : order > 0;
}

const fileOf = (record: FailureRecord) => ({
  data: Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`),
  contentType: 'application/json',
  cacheControl: 'no-store',
});

/** Keeps the record of an older source, whose name that of a newer one takes, under a name of its own. */
async function setAside(there: ObjectFacts, output: string, place: FailurePlace): Promise<void> {
  const { store, recordsBucket: bucket } = place;
  const other = originOf(there);
  if (other === undefined) return;
  const name = secondFailureName(output, other);
  try {
    const ref = { bucket, name: failureName(output), generation: there.generation };
    const record = JSON.parse(String(await store.read(ref))) as FailureRecord;
    const file = fileOf({ ...record, retry: retryCommand(bucket, name) });
    await store.write({ bucket, name, ...file, metadata: there.metadata, ifGeneration: '0' });
  } catch (error) {
    // It was set aside before, or is gone: then the output has come.
    if (!isProblem(error, 'superseded', 'not_found')) throw error;
  }
}

/** Writes a record under one of its two names. @returns its generation; undefined when what is there stays. */
async function writeRecord(failure: Failure, name: string, place: FailurePlace): Promise<string | undefined> {
  const { store, recordsBucket: bucket } = place;
  const { origin, problem, output } = failure;
  const outcome = await writeNewest(store, {
    bucket,
    name,
    ...fileOf(recordOf(failure, name, place)),
    metadata: () => ({ code: problem.code, attempt: String(attemptOf(failure)) }),
    origin,
    seen: await store.stat({ bucket, name }),
    keeps: async (there) => {
      if (isLater(there, failure)) return true;
      const other = originOf(there);
      if (other && !isSameSource(other, origin)) await setAside(there, output, place);
      return false;
    },
  });
  if (outcome.state === 'written') return outcome.generation;
  const other = originOf(outcome.there);
  const isOfAnother = other !== undefined && !isSameSource(other, origin);
  const second = secondFailureName(output, origin);
  return isOfAnother && name !== second ? await writeRecord(failure, second, place) : undefined;
}

async function remove(store: ObjectStore, ref: { bucket: string; name: string; generation: string }) {
  try {
    await store.remove(ref);
  } catch (error) {
    // A record that was written since is of a later failure.
    if (!isProblem(error, 'superseded')) throw error;
  }
}

/**
 * Writes down why a source has not its output. Success removes the record after it has written the output, and this
 * looks at the output after it has written the record: in any order of the two, no record of a good output stays.
 */
export async function recordFailure(failure: Failure, place: FailurePlace): Promise<void> {
  const { output, origin } = failure;
  const generation = await writeRecord(failure, failureName(output), place);
  if (generation === undefined) return;
  const there = await place.store.stat({ bucket: place.outputBucket, name: output });
  if (there && isUpToDate(there, origin))
    await forgetFailure(output, origin, { ...place, isContested: true });
}

/** Whether other sources may have written records of an output: it was there before, or was ordered by hand. */
export interface Contest {
  readonly isContested: boolean;
}

/**
 * Ends the records of an output that its source has now, unless they are of other or newer sources. The second name
 * is looked at only where it can be in use: where the first one is, or the output is contested.
 */
export async function forgetFailure(
  output: string,
  origin: Origin,
  place: FailurePlace & Contest,
): Promise<void> {
  const { store, recordsBucket: bucket, isContested } = place;
  /** @returns whether there was a record, of any source. */
  const forget = async (name: string): Promise<boolean> => {
    const there = await store.stat({ bucket, name });
    if (there === undefined) return false;
    const other = originOf(there);
    const isOld = !other || (isSameSource(other, origin) && compareOrigins(other, origin) <= 0);
    if (isOld) await remove(store, { bucket, name, generation: there.generation });
    return true;
  };
  const isInUse = await forget(failureName(output));
  if (isInUse || isContested) await forget(secondFailureName(output, origin));
}
