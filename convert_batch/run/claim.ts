import { deletedMark, isMarked } from '../../cloud/deleted_mark.ts';
import type { ObjectFacts, ObjectRef, ObjectStore } from '../../cloud/storage.ts';
import { Problem } from '../../common/problem.ts';
import type { Job } from '../job.ts';
import { compareOrigins, isSameSource, type Origin, originOf } from './newest.ts';

/** @throws Problem `superseded` or `not_found` when the output is not there any more. */
export const markDeleted = (
  store: ObjectStore,
  output: { bucket: string; name: string; generation: string },
) => store.annotate(output, deletedMark);

/** How a source stands to what is there under the name of its output. */
export type Claim =
  /** It may write: nothing is there, or something that it replaces. */
  | { readonly state: 'free' }
  /** What is there was made of the same source, as new or newer. */
  | { readonly state: 'kept'; readonly there: ObjectFacts }
  /** Both names were given, and what is there was made of a newer source. */
  | { readonly state: 'lost'; readonly there: ObjectFacts; readonly other: Origin }
  /** What is there must stay; `reason` says why, and what to do. */
  | { readonly state: 'taken'; readonly there: ObjectFacts; readonly reason: string };

export interface Claimant {
  readonly origin: Origin;
  readonly job: Pick<Job, 'name' | 'naming'>;
  /** Whether sources are deleted once they are converted. */
  readonly isDeleting?: boolean;
}

export const urlOf = ({ bucket, name }: { readonly bucket: string; readonly name: string }): string =>
  `gs://${bucket}/${name}`;

/** Whether a source is there, in any generation unless one is named. One that may not be looked at counts as there. */
export async function isLive(ref: ObjectRef, store: Pick<ObjectStore, 'stat'>): Promise<boolean> {
  try {
    return (await store.stat(ref)) !== undefined;
  } catch (error) {
    if (error instanceof Problem && error.code === 'storage_unavailable') throw error;
    return true;
  }
}

/** Which object has the name, and what can be done with that object. */
function holderOf(other: Origin | undefined, isOnlyCopy: boolean): readonly [holder: string, way: string] {
  if (other === undefined) return ['an object that was made of no upload has it', ', or move that object'];
  if (!isOnlyCopy) return [`${urlOf(other)} has it`, `, or delete ${urlOf(other)} and retry`];
  return [`${urlOf(other)} has it, and was deleted because its outputs are there`, ''];
}

function taken(there: ObjectFacts, { origin, job }: Claimant, isOnlyCopy = false): Claim {
  const [holder, more] = holderOf(originOf(there), isOnlyCopy);
  const way = `upload ${urlOf(origin)} with metadata name, or set NAMES=full${more}`;
  return { state: 'taken', there, reason: `${job.name}: expected a free name, but ${holder}; ${way}` };
}

/** What an output says of its name. */
export const namingMetadata = ({ naming = 'given' }: Pick<Job, 'naming'>) => ({ 'source-naming': naming });

/**
 * Whether the output is all that is left of its picture: it is marked, or was made before there were marks and its
 * source is gone where sources are deleted.
 */
async function isOnlyCopy(there: ObjectFacts, claimant: Claimant, store: Pick<ObjectStore, 'stat'>) {
  if (isMarked(there)) return true;
  const other = originOf(there);
  const isOld = there.metadata['source-naming'] === undefined;
  return Boolean(claimant.isDeleting && isOld && other && !(await isLive(sourceOf(other), store)));
}

/** A source in any generation. */
const sourceOf = ({ bucket, name }: Origin): ObjectRef => ({ bucket, name });

/**
 * Whether a source may write an output over what is there. Of sources whose metadata gave the name the newest may.
 * A default name never takes what another source has, unless that source was deleted by somebody else than us.
 * What we deleted the source of stays for ever. The answer holds as long as generation and metageneration do.
 */
export async function claimOn(
  there: ObjectFacts | undefined,
  claimant: Claimant,
  store: Pick<ObjectStore, 'stat'>,
): Promise<Claim> {
  if (there === undefined) return { state: 'free' };
  const { origin, job } = claimant;
  const other = originOf(there);
  if (other && isSameSource(other, origin)) {
    return compareOrigins(other, origin) >= 0 ? { state: 'kept', there } : { state: 'free' };
  }
  if (await isOnlyCopy(there, claimant, store)) return taken(there, claimant, true);
  if (job.naming === 'default') {
    return other && !(await isLive(sourceOf(other), store)) ? { state: 'free' } : taken(there, claimant);
  }
  const isOlder = other !== undefined && compareOrigins(other, origin) > 0;
  return isOlder ? { state: 'lost', there, other } : { state: 'free' };
}
