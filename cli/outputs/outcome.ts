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
import { explain } from '../explain.ts';
import type { Target } from '../target/target.ts';

/** What became of one output. This is what `--json` prints. */
export interface Outcome {
  readonly name: string;
  readonly state: OutputState;
  readonly url: string | null;
  readonly bytes: number | null;
  /** Why it is not there, in a sentence. */
  readonly error: string | null;
}

type Place = Pick<Target, 'store' | 'destination' | 'records' | 'urlOf'>;

/** In the order in which people read it. */
export const outcome = (name: string, state: OutputState, facts: Partial<Outcome> = {}): Outcome => ({
  ...{ name, state, url: null, bytes: null, error: null },
  ...facts,
});

async function reasonIn(name: string, { store, records: bucket }: Place): Promise<string | undefined> {
  try {
    const text = String(await store.read({ bucket, name }));
    return (JSON.parse(text) as FailureRecord).reason;
  } catch (error) {
    if (isProblem(error, 'not_found')) return undefined;
    throw error;
  }
}

const newerWrites = 'a newer upload writes this output';

/** What a record under one of its names says of a job; undefined: nothing. */
async function failureIn(name: string, { job, origin }: Waiting, place: Place): Promise<string | undefined> {
  const record = await place.store.stat({ bucket: place.records, name });
  const other = record && originOf(record);
  if (!record || !other) return undefined;
  const age = compareOrigins(other, origin);
  if (age > 0) return newerWrites;
  const isOurs = age === 0 && Number(record.metadata.attempt ?? 0) >= job.attempt;
  return isOurs ? await reasonIn(name, place) : undefined;
}

interface Waiting {
  readonly job: Job;
  readonly origin: Origin;
}

/** An output that its source may still write: failed where a record says so, else awaited. */
async function awaited(waiting: Waiting, place: Place): Promise<Outcome> {
  const { job, origin } = waiting;
  const error =
    (await failureIn(failureName(job.name), waiting, place)) ??
    (await failureIn(secondFailureName(job.name, origin), waiting, place));
  return error === undefined ? outcome(job.name, 'waiting') : outcome(job.name, 'failed', { error });
}

/** How a job stands now: by its output, else by its failure record. */
export async function outcomeOf(job: Job, place: Place): Promise<Outcome> {
  const { name } = job;
  const origin: Origin = { bucket: job.bucket, name: job.source, generation: job.generation };
  const output = await place.store.stat({ bucket: place.destination, name });
  const claim = await decideClaim(output, { job, origin }, place.store);
  if (claim.state === 'free') return await awaited({ job, origin }, place);
  if (claim.state === 'taken') return outcome(name, 'failed', { error: claim.reason });
  const made = originOf(claim.current);
  return made && compareOrigins(made, origin) === 0
    ? outcome(name, 'done', { url: place.urlOf(name), bytes: claim.current.bytes })
    : outcome(name, 'failed', { error: 'a newer upload has written this output' });
}

/** As outcomeOf, but a storage that is away for a moment is waited for. */
async function lookAt(job: Job, place: Place): Promise<Outcome> {
  try {
    return await outcomeOf(job, place);
  } catch (error) {
    if (!(error instanceof Problem && error.retry)) throw error;
    return outcome(job.name, 'waiting', { error: explain(error) });
  }
}

/** Waits between two looks at one output, in milliseconds: the first, and the longest. */
const waits = { firstMs: 60, longestMs: 1000, growth: 1.4 } as const;
const looksAtATime = 16;

/** Waits for jobs to be over, or for a signal, which leaves them waiting. */
export function createWatch(place: Place): (job: Job, signal: AbortSignal) => Promise<Outcome> {
  const gate = pLimit(looksAtATime);
  return async (job, signal) => {
    for (let waitMs: number = waits.firstMs; ; waitMs = Math.min(waits.longestMs, waitMs * waits.growth)) {
      const seen = await gate(() => lookAt(job, place));
      if (seen.state !== 'waiting' || signal.aborted) return seen;
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
  };
}
