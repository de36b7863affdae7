import type { ObjectStore, Write } from '../../cloud/storage.ts';
import { isProblem, Problem } from '../../common/problem.ts';

const attempts = 4;

/**
 * Writes an object; of several writers of one name the last wins. Always with a precondition, so that the
 * client can repeat a write whose answer was lost. A new name costs one call.
 * @returns its generation.
 * @throws Problem `storage_unavailable`.
 */
export async function putLatest(store: ObjectStore, write: Omit<Write, 'ifGeneration'>): Promise<string> {
  let ifGeneration = '0';
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.write({ ...write, ifGeneration });
    } catch (error) {
      if (!isProblem(error, 'superseded')) throw error;
      if (attempt === attempts) throw tooManyWriters(write.name, error);
      ifGeneration = (await store.stat({ bucket: write.bucket, name: write.name }))?.generation ?? '0';
    }
  }
}

const tooManyWriters = (name: string, cause: unknown): Problem =>
  new Problem('storage_unavailable', `${name} is being written by too many at once; try again`, {
    cause,
    retryAfter: 1,
  });
