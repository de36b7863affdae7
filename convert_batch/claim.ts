import { isMarked } from '../cloud/deleted_mark.ts';
import { formatGsUrl } from '../cloud/gs_url.ts';
import type { ObjectInfo, ObjectRef, ObjectStore } from '../cloud/storage.ts';
import { Problem } from '../common/problem.ts';
import type { Job } from './job.ts';
import { compareOrigins, isSameSource, type Origin, originOf } from './origin.ts';

/** Whether a source may write an output, given the object that has the output's name now. */
export type Claim =
  /** The source may write: the name is free, or the current object may be replaced. */
  | { readonly state: 'free' }
  /** The current object was made from the same source, at this generation or a newer one. */
  | { readonly state: 'kept'; readonly current: ObjectInfo }
  /** Both names were given, and the current object was made from a newer source. */
  | { readonly state: 'lost'; readonly current: ObjectInfo; readonly other: Origin }
  /** The current object must stay. `reason` says why, and how to get the output. */
  | { readonly state: 'taken'; readonly current: ObjectInfo; readonly reason: string };

export interface Claimant {
  readonly origin: Origin;
  readonly job: Pick<Job, 'name' | 'naming'>;
  /** Whether the converter deletes sources after conversion. */
  readonly isDeleting?: boolean;
}

/** Whether a source exists, in any generation unless one is given. A source that may not be read counts as existing. */
export async function isLive(ref: ObjectRef, store: Pick<ObjectStore, 'stat'>): Promise<boolean> {
  try {
    return (await store.stat(ref)) !== undefined;
  } catch (error) {
    if (error instanceof Problem && error.code === 'storage_unavailable') throw error;
    return true;
  }
}

/** The object that has the name, and what else can be done about it. */
function describeHolder(
  other: Origin | undefined,
  isOnlyCopy: boolean,
): readonly [holder: string, way: string] {
  if (other === undefined)
    return ['an object that was not made from an upload has it', ', or move that object'];
  if (!isOnlyCopy) return [`${formatGsUrl(other)} has it`, `, or delete ${formatGsUrl(other)} and retry`];
  return [`${formatGsUrl(other)} has it, and was deleted because its outputs are there`, ''];
}

function refuseClaim(current: ObjectInfo, { origin, job }: Claimant, isOnlyCopy = false): Claim {
  const [holder, more] = describeHolder(originOf(current), isOnlyCopy);
  const way = `upload ${formatGsUrl(origin)} with metadata name, or set NAMES=full${more}`;
  return { state: 'taken', current, reason: `${job.name}: expected a free name, but ${holder}; ${way}` };
}

/** Metadata that says whether the upload gave the output's name. */
export const namingMetadata = ({ naming = 'given' }: Pick<Job, 'naming'>) => ({ 'source-naming': naming });

/**
 * Whether the output is the only copy left of its picture: it has the mark, or it is older than the mark and its source
 * is gone while the converter deletes sources.
 */
async function isOnlyCopy(current: ObjectInfo, claimant: Claimant, store: Pick<ObjectStore, 'stat'>) {
  if (isMarked(current)) return true;
  const other = originOf(current);
  const isOlderThanMarks = current.metadata['source-naming'] === undefined;
  return Boolean(
    claimant.isDeleting && isOlderThanMarks && other && !(await isLive(anyGeneration(other), store)),
  );
}

const anyGeneration = ({ bucket, name }: Origin): ObjectRef => ({ bucket, name });

/**
 * Decides whether a source may write an output over the current object. Among sources with a given name the newest one
 * may. A default name never replaces another source's output, unless a user has deleted that source. An output whose
 * source the converter has deleted always stays. The decision holds while generation and metageneration do.
 */
export async function decideClaim(
  current: ObjectInfo | undefined,
  claimant: Claimant,
  store: Pick<ObjectStore, 'stat'>,
): Promise<Claim> {
  if (current === undefined) return { state: 'free' };
  const { origin, job } = claimant;
  const other = originOf(current);
  if (other && isSameSource(other, origin)) {
    return compareOrigins(other, origin) >= 0 ? { state: 'kept', current } : { state: 'free' };
  }
  if (await isOnlyCopy(current, claimant, store)) return refuseClaim(current, claimant, true);
  if (job.naming === 'default') {
    return other && !(await isLive(anyGeneration(other), store))
      ? { state: 'free' }
      : refuseClaim(current, claimant);
  }
  const isOlder = other !== undefined && compareOrigins(other, origin) > 0;
  return isOlder ? { state: 'lost', current, other } : { state: 'free' };
}
