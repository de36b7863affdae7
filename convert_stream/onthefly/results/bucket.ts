import type { GsUrl } from '../../../cloud/gs_url.ts';
import type { ObjectStore } from '../../../cloud/storage.ts';
import { isProblem } from '../../../common/problem.ts';
import { type Blobs, maxBlobBytes } from './blobs.ts';

/** Keeps bytes as objects of a bucket, whose lifecycle removes them after some days. */
export function openBucket({ bucket, name: folder }: GsUrl, store: ObjectStore): Blobs {
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  return {
    read: async (name, bounds) => {
      try {
        return await store.read({ bucket, name: prefix + name }, { maxBytes: maxBlobBytes, ...bounds });
      } catch (error) {
        if (isProblem(error, 'not_found')) return undefined;
        throw error;
      }
    },
    write: async (name, data) => {
      await store.write({ bucket, name: prefix + name, data, contentType: 'application/octet-stream' });
    },
    removeGroup: async (group) => {
      let count = 0;
      for await (const { name } of store.list(bucket, `${prefix}${group}/`)) {
        await store.remove({ bucket, name });
        count += 1;
      }
      return count;
    },
  };
}
