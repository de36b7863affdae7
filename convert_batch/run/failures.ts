import type { ObjectFacts, ObjectStore } from '../../cloud/storage.ts';
import { isProblem, type Problem } from '../../common/problem.ts';
import type { Job } from '../job.ts';
import { type FailureRecord, failureName } from '../record.ts';
import { compareOrigins, isUpToDate, type Origin, originOf, writeNewest } from './newest.ts';

export interface FailurePlace {
  readonly store: ObjectStore;
  readonly recordsBucket: string;
  readonly outputBucket: string;
}

export interface Failure {
  readonly job: Job;
  readonly origin: Origin;
  readonly problem: Problem;
  /** ISO 8601. */
  readonly time: string;
}

const recordOf = ({ job, origin, problem, time }: Failure, place: FailurePlace): FailureRecord => ({
  output: job.name,
  code: problem.code,
  reason: problem.message,
  isTransient: problem.retry,
  time,
  source: origin,
  retry: `imagetx retry gs://${place.recordsBucket}/${failureName(job.name)}`,
  job,
});

/** A record stays when it is of a newer source, or of the same one and as late an order. */
const keeps =
  ({ job, origin }: Failure) =>
  (there: ObjectFacts): boolean => {
    const other = originOf(there);
    if (other === undefined) return false;
    const order = compareOrigins(other, origin);
    return order === 0 ? Number(there.metadata.attempt) >= job.attempt : order > 0;
  };

async function remove({ store, recordsBucket: bucket }: FailurePlace, name: string, generation: string) {
  try {
    await store.remove({ bucket, name, generation });
  } catch (error) {
    // Whoever has written it since knows better.
    if (!isProblem(error, 'superseded')) throw error;
  }
}

/**
 * Writes down why an output is missing. Success removes the record after it has written the output, and this looks
 * at the output after it has written the record: in any order of the two, no record of a good output stays.
 */
export async function recordFailure(failure: Failure, place: FailurePlace): Promise<void> {
  const { job, origin } = failure;
  const { store, recordsBucket, outputBucket } = place;
  const name = failureName(job.name);
  const outcome = await writeNewest(store, {
    bucket: recordsBucket,
    name,
    data: Buffer.from(`${JSON.stringify(recordOf(failure, place), undefined, 2)}\n`),
    contentType: 'application/json',
    cacheControl: 'no-store',
    metadata: { code: failure.problem.code, attempt: String(job.attempt) },
    origin,
    seen: await store.stat({ bucket: recordsBucket, name }),
    keeps: keeps(failure),
  });
  if (outcome.state === 'kept') return;
  const output = await store.stat({ bucket: outputBucket, name: job.name });
  if (output && isUpToDate(output, origin)) await remove(place, name, outcome.generation);
}

/** Ends the record of an output that is there now, unless the record is of a newer source. */
export async function forgetFailure(output: string, origin: Origin, place: FailurePlace): Promise<void> {
  const name = failureName(output);
  const there = await place.store.stat({ bucket: place.recordsBucket, name });
  if (there === undefined) return;
  const other = originOf(there);
  if (other && compareOrigins(other, origin) > 0) return;
  await remove(place, name, there.generation);
}
