import { matchGsUrl } from '../../../cloud/gs_url.ts';
import type { ObjectStore } from '../../../cloud/storage.ts';
import { Problem } from '../../../common/problem.ts';
import type { BufferPool } from '../../../common/streams/growing_buffer.ts';
import { createLoan } from '../../upload/buffer_pool.ts';
import type { FoundPicture, PictureSource } from './source.ts';

export interface Mounted {
  readonly bucket: string;
  /** Prefix of every name; empty, or with a slash at its end. */
  readonly prefix: string;
}

/** The bucket that `gs://BUCKET/FOLDER` names; undefined for any other text. */
export function bucketOf(mount: string): Mounted | undefined {
  const url = matchGsUrl(mount);
  if (url === undefined) return undefined;
  const { bucket, name: folder } = url;
  return { bucket, prefix: folder === '' || folder.endsWith('/') ? folder : `${folder}/` };
}

export interface BucketOptions extends Mounted {
  readonly store: ObjectStore;
  readonly maxBytes: number;
  /** Where the memory of pictures comes from. */
  readonly pool: BufferPool;
}

/** Finds an object; the generation that was found is the one that is read. @throws Problem `not_found`. */
async function find(
  file: string,
  { store, bucket, prefix, maxBytes, pool }: BucketOptions,
): Promise<FoundPicture> {
  const name = prefix + file.replace(/^\/+/, '');
  const info = await store.stat({ bucket, name });
  if (info === undefined) throw new Problem('not_found', 'Not found');
  const { generation, cacheControl } = info;
  return {
    version: generation,
    source: `file ${name.slice(prefix.length)}`,
    ...(cacheControl ? { cacheControl } : {}),
    canWait: true,
    read: async ({ add: reserve }) => {
      const memory = createLoan(pool);
      const data = await store.read({ bucket, name, generation }, { maxBytes, reserve, pool: memory });
      return { data, release: memory.release };
    },
  };
}

/** Objects of a bucket, named by `?file=`. */
export const bucketSource = (options: BucketOptions): PictureSource => ({
  handles: ({ query }) => Boolean(query.texts.get('file')),
  find: async ({ query }) => await find(query.texts.get('file') ?? '', options),
});
