import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { ObjectFacts } from '../cloud/storage.ts';
import { isProblem, Problem } from '../common/problem.ts';
import type { Job } from '../convert_batch/job.ts';
import { type FailureRecord, failureName, type OutputState } from '../convert_batch/record.ts';
import { compareOrigins, type Origin, originOf } from '../convert_batch/run/newest.ts';
import { explain } from './explain.ts';
import type { Target } from './target.ts';

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

/** Below 0: of an older source or none of ours; 0: of this one; above: of a newer one. */
function ageOf(facts: ObjectFacts | undefined, origin: Origin): number {
  const other = facts && originOf(facts);
  return other ? compareOrigins(other, origin) : -1;
}

async function reasonIn(name: string, { store, records: bucket }: Place): Promise<string | undefined> {
  try {
    const text = String(await store.read({ bucket, name }));
    return (JSON.parse(text) as FailureRecord).reason;
  } catch (error) {
    if (isProblem(error, 'not_found')) return undefined;
    throw error;
  }
}

/** How a job stands now: by its output, else by its failure record. */
export async function outcomeOf(job: Job, place: Place): Promise<Outcome> {
  const { name, attempt } = job;
  const origin: Origin = { bucket: job.bucket, name: job.source, generation: job.generation };
  const output = await place.store.stat({ bucket: place.destination, name });
  const age = ageOf(output, origin);
  if (output && age === 0) return outcome(name, 'done', { url: place.urlOf(name), bytes: output.bytes });
  if (age > 0) return outcome(name, 'failed', { error: 'a newer upload has written this output' });
  const record = await place.store.stat({ bucket: place.records, name: failureName(name) });
  const isOurs = ageOf(record, origin) === 0 && Number(record?.metadata.attempt ?? 0) >= attempt;
  const error = isOurs ? await reasonIn(failureName(name), place) : undefined;
  return error === undefined ? outcome(name, 'waiting') : outcome(name, 'failed', { error });
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
