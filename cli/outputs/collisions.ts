import pLimit from 'p-limit';
import { formatGsUrl } from '../../cloud/gs_url.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import { decideClaim } from '../../convert_batch/claim.ts';
import type { Job } from '../../convert_batch/job.ts';
import { isSameSource, originOf } from '../../convert_batch/origin.ts';
import type { Target } from '../target/target.ts';

export interface Planned {
  /** The local file. */
  readonly path: string;
  readonly jobs: readonly Job[];
}

const concurrentLookups = 16;
/** Larger than any generation: the upload will be newer than every object. */
const maxGeneration = '9'.repeat(19);

type Buckets = Pick<Target, 'store' | 'destination'>;

/** A sentence about the other source's output that the upload would replace; empty if there is none. @throws Problem `name_taken`. */
async function findCollision(path: string, job: Job, { store, destination }: Buckets): Promise<string> {
  const origin = { bucket: job.bucket, name: job.source, generation: maxGeneration };
  const current = await store.stat({ bucket: destination, name: job.name });
  const claim = await decideClaim(current, { origin, job }, store);
  if (claim.state === 'taken') throw new Problem('name_taken', `${path}: ${claim.reason}`);
  const other = current && originOf(current);
  if (!other || isSameSource(other, origin)) return '';
  return `${path}: replaces ${job.name}, which was made of ${formatGsUrl(other)}`;
}

/**
 * One sentence per output of another source that the uploads would replace; none when storage is not available, because
 * the upload itself reports that. @throws Problem `name_taken` when an output may not be replaced.
 */
export async function findCollisions(
  planned: readonly Planned[],
  buckets: Buckets,
): Promise<readonly string[]> {
  const limit = pLimit(concurrentLookups);
  const lookups = planned.flatMap(({ path, jobs }) =>
    jobs.map((job) => limit(() => findCollision(path, job, buckets))),
  );
  try {
    return (await Promise.all(lookups)).filter(Boolean);
  } catch (error) {
    if (isProblem(error, 'storage_unavailable')) return [];
    throw error;
  }
}
