import type { ObjectFacts, ObjectStore, Write } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';

/** What an object was made from: kept in its metadata, so that order of arrival does not matter. */
export interface Origin {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
}

export const originMetadata = ({ bucket, name, generation }: Origin): Readonly<Record<string, string>> => ({
  'source-bucket': bucket,
  'source-name': name,
  'source-generation': generation,
});

function originIn({ metadata }: ObjectFacts, kind: 'source' | 'replaced'): Origin | undefined {
  const [bucket, name, generation = ''] = ['bucket', 'name', 'generation'].map(
    (fact) => metadata[`${kind}-${fact}`],
  );
  if (bucket === undefined || name === undefined || !/^\d{1,19}$/.test(generation)) return undefined;
  return { bucket, name, generation };
}

/** undefined where the object was not made by us from a source. */
export const originOf = (facts: ObjectFacts): Origin | undefined => originIn(facts, 'source');

/** The other source whose output this one has replaced. */
export const replacedOf = (facts: ObjectFacts): Origin | undefined => originIn(facts, 'replaced');

export const isSameSource = (a: Origin, b: Origin): boolean => a.bucket === b.bucket && a.name === b.name;

/** What an output says of the source whose output it replaces, so that a writer that is cut off can tell that source later. */
export function replacedMetadata(
  there: ObjectFacts | undefined,
  origin: Origin,
): Readonly<Record<string, string>> {
  const other = there && originOf(there);
  const loser = other && isSameSource(other, origin) ? replacedOf(there) : other;
  if (loser === undefined) return {};
  const { bucket, name, generation } = loser;
  return { 'replaced-bucket': bucket, 'replaced-name': name, 'replaced-generation': generation };
}

/** Below 0 when `a` is older, 0 when they are one. Two sources of one generation go by their names. */
export function compareOrigins(a: Origin, b: Origin): number {
  const [left, right] = [BigInt(a.generation), BigInt(b.generation)];
  if (left !== right) return left < right ? -1 : 1;
  const [one, other] = [`${a.bucket}/${a.name}`, `${b.bucket}/${b.name}`];
  return one === other ? 0 : one < other ? -1 : 1;
}

export interface NewestWrite extends Omit<Write, 'ifGeneration' | 'metadata'> {
  readonly origin: Origin;
  /** Beside the origin; of what it replaces. */
  readonly metadata: (there: ObjectFacts | undefined) => Readonly<Record<string, string>>;
  /** What is there as far as known; it is looked up when that proves wrong. */
  readonly seen: ObjectFacts | undefined;
  /** Whether what is there must stay; the answer must hold as long as its generation and metageneration do. */
  readonly keeps: (there: ObjectFacts) => boolean | Promise<boolean>;
}

export type NewestOutcome =
  | { readonly state: 'written'; readonly generation: string; readonly replaced: ObjectFacts | undefined }
  | { readonly state: 'kept'; readonly there: ObjectFacts };

const attempts = 10;

/** Whether what is there was made of the same source, as new as `origin` or newer. */
export function isUpToDate(there: ObjectFacts, origin: Origin): boolean {
  const other = originOf(there);
  return other !== undefined && isSameSource(other, origin) && compareOrigins(other, origin) >= 0;
}

/**
 * Writes an object unless what is there must stay. What is written replaces exactly what `keeps` has judged: a
 * change between the two, of bytes or of metadata, is judged anew. @throws Problem `too_busy` when others keep writing, `storage_unavailable`.
 */
export async function writeNewest(store: ObjectStore, write: NewestWrite): Promise<NewestOutcome> {
  const { origin, metadata, seen, keeps, ...object } = write;
  let there = seen;
  for (let tried = 0; tried < attempts; tried += 1) {
    if (there && (await keeps(there))) return { state: 'kept', there };
    try {
      const generation = await store.write({
        ...object,
        metadata: { ...metadata(there), ...originMetadata(origin) },
        ifGeneration: there?.generation ?? '0',
        ...(there ? { ifMetageneration: there.metageneration ?? '1' } : {}),
      });
      return { state: 'written', generation, replaced: there };
    } catch (error) {
      if (!isProblem(error, 'superseded')) throw error;
      there = await store.stat({ bucket: write.bucket, name: write.name });
    }
  }
  throw new Problem('too_busy', `${write.name}: too many write it at once; try again later`);
}
