import { isMarked } from '../../cloud/deleted_mark.ts';
import type { ObjectInfo, ObjectStore, ObjectWrite } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import { stemOf } from '../../engine/catalog.ts';
import type { StreamConfig } from '../settings/config.ts';

const contentHash = /(^|[-.])[0-9a-f]{8,64}$/i;
const immutable = 'public, max-age=31536000, immutable';

/**
 * The cache header of an output of the inline door. A name can be written again, so CACHE_CONTROL (its default is in
 * cloud/settings.ts) keeps it for a short time; a name with a content hash never changes.
 */
export const cacheControlFor = (
  object: string,
  { CACHE_CONTROL, IMMUTABLE_NAMES }: Pick<StreamConfig, 'CACHE_CONTROL' | 'IMMUTABLE_NAMES'>,
): string => (IMMUTABLE_NAMES && contentHash.test(stemOf(object)) ? immutable : CACHE_CONTROL);

const attempts = 4;

/**
 * Writes an object; when several requests write one name, the last one wins. Every write has a precondition, so that
 * the storage client can repeat a write whose answer was lost. A new name costs one call.
 * @returns the object's generation.
 * @throws Problem `storage_unavailable`; `name_taken` when the object is the only picture that remains of a deleted upload.
 */
export async function putLatest(
  store: ObjectStore,
  write: Omit<ObjectWrite, 'ifGeneration'>,
): Promise<string> {
  let condition: Condition = { ifGeneration: '0' };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.write({ ...write, ...condition });
    } catch (error) {
      if (!isProblem(error, 'superseded')) throw error;
      if (attempt === attempts) throw tooManyWriters(write.name, error);
      condition = conditionFor(write.name, await store.stat({ bucket: write.bucket, name: write.name }));
    }
  }
}

type Condition = Pick<ObjectWrite, 'ifGeneration' | 'ifMetageneration'>;

/** The precondition for replacing an existing object. */
function conditionFor(name: string, existing: ObjectInfo | undefined): Condition {
  if (existing === undefined) return { ifGeneration: '0' };
  if (!isMarked(existing)) {
    return { ifGeneration: existing.generation, ifMetageneration: existing.metageneration ?? '1' };
  }
  const got = 'the only picture that remains of a deleted upload';
  throw new Problem('name_taken', `name: expected one that is free, got ${JSON.stringify(name)}, ${got}`);
}

const tooManyWriters = (name: string, cause: unknown): Problem =>
  new Problem('storage_unavailable', `${name} is being written by too many requests at once; try again`, {
    cause,
    retryAfter: 1,
  });
