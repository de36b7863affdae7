import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { isProblem, Problem } from '../../common/problem.ts';
import { decideClaim } from '../../convert_batch/claim.ts';
import type { Job } from '../../convert_batch/job.ts';
import { compareOrigins, type Origin, originOf } from '../../convert_batch/origin.ts';
import {
  type FailureRecord,
  failureName,
  type OutputState,
  secondFailureName,
} from '../../convert_batch/record.ts';
import { describeError } from '../command.ts';
import type { Target } from '../target/target.ts';

/** The state of one output, as `--json` prints it. */
export interface Outcome {
  readonly name: string;
  readonly state: OutputState;
  readonly url: string | null;
  readonly bytes: number | null;
  /** Why the output does not exist, in a sentence. */
  readonly error: string | null;
}

type Buckets = Pick<Target, 'store' | 'destination' | 'records' | 'urlOf'>;

/** An outcome with its keys in the order in which they are printed. */
export const makeOutcome = (name: string, state: OutputState, details: Partial<Outcome> = {}): Outcome => ({
  ...{ name, state, url: null, bytes: null, error: null },
  ...details,
});

async function readReason(name: string, { store, records: bucket }: Buckets): Promise<string | undefined> {
  try {
    const text = String(await store.read({ bucket, name }));
    return (JSON.parse(text) as FailureRecord).reason;
  } catch (error) {
    if (isProblem(error, 'not_found')) return undefined;
    throw error;
  }
}

const newerWrites = 'a newer upload writes this output';

/** Why the job failed, from the record of this name; undefined when it is not about the job. */
async function readFailure(
  name: string,
  { job, origin }: Waiting,
  buckets: Buckets,
): Promise<string | undefined> {
  const record = await buckets.store.stat({ bucket: buckets.records, name });
  const other = record && originOf(record);
  if (!record || !other) return undefined;
  const age = compareOrigins(other, origin);
  if (age > 0) return newerWrites;
  const isOurs = age === 0 && Number(record.metadata.attempt ?? 0) >= job.attempt;
  return isOurs ? await readReason(name, buckets) : undefined;
}

interface Waiting {
  readonly job: Job;
  readonly origin: Origin;
}

/** The outcome of an output that does not exist: failed if there is a record, else waiting. */
async function readMissing(waiting: Waiting, buckets: Buckets): Promise<Outcome> {
  const { job, origin } = waiting;
  const error =
    (await readFailure(failureName(job.name), waiting, buckets)) ??
    (await readFailure(secondFailureName(job.name, origin), waiting, buckets));
  return error === undefined ? makeOutcome(job.name, 'waiting') : makeOutcome(job.name, 'failed', { error });
}

/** The outcome of a job, from its output, else from its failure record. */
export async function readOutcome(job: Job, buckets: Buckets): Promise<Outcome> {
  const { name } = job;
  const origin: Origin = { bucket: job.bucket, name: job.source, generation: job.generation };
  const output = await buckets.store.stat({ bucket: buckets.destination, name });
  const claim = await decideClaim(output, { job, origin }, buckets.store);
  if (claim.state === 'free') return await readMissing({ job, origin }, buckets);
  if (claim.state === 'taken') return makeOutcome(name, 'failed', { error: claim.reason });
  const made = originOf(claim.current);
  return made && compareOrigins(made, origin) === 0
    ? makeOutcome(name, 'done', { url: buckets.urlOf(name), bytes: claim.current.bytes })
    : makeOutcome(name, 'failed', { error: 'a newer upload has written this output' });
}

/** Like readOutcome, but temporary failures of storage count as waiting. */
async function pollOutcome(job: Job, buckets: Buckets): Promise<Outcome> {
  try {
    return await readOutcome(job, buckets);
  } catch (error) {
    if (!(error instanceof Problem && error.retry)) throw error;
    return makeOutcome(job.name, 'waiting', { error: describeError(error) });
  }
}

/** Pauses between two polls of one output, in milliseconds. */
const waits = { firstMs: 60, longestMs: 1000, growth: 1.4 } as const;
const concurrentPolls = 16;

/** Polls until a job has finished. After the signal, an unfinished job stays `waiting`. */
export function createWatcher(buckets: Buckets): (job: Job, signal: AbortSignal) => Promise<Outcome> {
  const limit = pLimit(concurrentPolls);
  return async (job, signal) => {
    for (let waitMs: number = waits.firstMs; ; waitMs = Math.min(waits.longestMs, waitMs * waits.growth)) {
      const seen = await limit(() => pollOutcome(job, buckets));
      if (seen.state !== 'waiting' || signal.aborted) return seen;
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
  };
}
