import { isMarked } from '../../cloud/deleted_mark.ts';
import type { ObjectInfo, ObjectStore, Write } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';

const attempts = 4;

/**
 * Writes an object; of several writers of one name the last wins. Always with a precondition, so that the
 * client can repeat a write whose answer was lost. A new name costs one call.
 * @returns its generation.
 * @throws Problem `storage_unavailable`; `name_taken` when the object is all that is left of an upload.
 */
export async function putLatest(store: ObjectStore, write: Omit<Write, 'ifGeneration'>): Promise<string> {
  let condition: Condition = { ifGeneration: '0' };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.write({ ...write, ...condition });
    } catch (error) {
      if (!isProblem(error, 'superseded')) throw error;
      if (attempt === attempts) throw tooManyWriters(write.name, error);
      condition = replacing(write.name, await store.stat({ bucket: write.bucket, name: write.name }));
    }
  }
}

type Condition = Pick<Write, 'ifGeneration' | 'ifMetageneration'>;

/** What must be there still when it is replaced. */
function replacing(name: string, there: ObjectInfo | undefined): Condition {
  if (there === undefined) return { ifGeneration: '0' };
  if (!isMarked(there)) {
    return { ifGeneration: there.generation, ifMetageneration: there.metageneration ?? '1' };
  }
  const got = 'one that is all that is left of another upload';
  throw new Problem('name_taken', `name: expected one that is free, got ${JSON.stringify(name)}, ${got}`);
}

const tooManyWriters = (name: string, cause: unknown): Problem =>
  new Problem('storage_unavailable', `${name} is being written by too many at once; try again`, {
    cause,
    retryAfter: 1,
  });
