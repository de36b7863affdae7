import pLimit from 'p-limit';
import { isProblem, Problem } from '../../common/problem.ts';
import { decideClaim, urlOf } from '../../convert_batch/claim.ts';
import type { Job } from '../../convert_batch/job.ts';
import { isSameSource, originOf } from '../../convert_batch/origin.ts';
import type { Target } from '../target/target.ts';

export interface Planned {
  /** The file. */
  readonly path: string;
  readonly jobs: readonly Job[];
}

const looksAtATime = 16;
/** An upload to come is newer than all that is there. */
const newest = '9'.repeat(19);

type Place = Pick<Target, 'store' | 'destination'>;

/** What an upload would meet under the name of an output; empty: nothing of another's. @throws Problem `name_taken`. */
async function collisionOf(path: string, job: Job, { store, destination }: Place): Promise<string> {
  const origin = { bucket: job.bucket, name: job.source, generation: newest };
  const there = await store.stat({ bucket: destination, name: job.name });
  const claim = await decideClaim(there, { origin, job }, store);
  if (claim.state === 'taken') throw new Problem('name_taken', `${path}: ${claim.reason}`);
  const other = there && originOf(there);
  if (!other || isSameSource(other, origin)) return '';
  return `${path}: replaces ${job.name}, which was made of ${urlOf(other)}`;
}

/**
 * Outputs of other sources that uploads would replace, a sentence each. Storage that cannot be reached tells
 * nothing here: the upload itself says it. @throws Problem `name_taken` when one may not be replaced.
 */
export async function collisions(planned: readonly Planned[], place: Place): Promise<readonly string[]> {
  const gate = pLimit(looksAtATime);
  const looks = planned.flatMap(({ path, jobs }) =>
    jobs.map((job) => gate(() => collisionOf(path, job, place))),
  );
  try {
    return (await Promise.all(looks)).filter(Boolean);
  } catch (error) {
    if (isProblem(error, 'storage_unavailable')) return [];
    throw error;
  }
}
