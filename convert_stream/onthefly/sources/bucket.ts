import { matchGsUrl } from '../../../cloud/gs_url.ts';
import type { ObjectStore } from '../../../cloud/storage.ts';
import { Problem } from '../../../common/problem.ts';
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
}

/** Finds an object; the generation that was found is the one that is read. @throws Problem `not_found`. */
async function find(file: string, { store, bucket, prefix, maxBytes }: BucketOptions): Promise<FoundPicture> {
  const name = prefix + file.replace(/^\/+/, '');
  const info = await store.stat({ bucket, name });
  if (info === undefined) throw new Problem('not_found', 'Not found');
  const { generation, cacheControl } = info;
  return {
    version: generation,
    ...(cacheControl ? { cacheControl } : {}),
    read: ({ add: reserve }) => store.read({ bucket, name, generation }, { maxBytes, reserve }),
  };
}

/** Objects of a bucket, named by `?file=`. */
export const bucketSource = (options: BucketOptions): PictureSource => ({
  handles: ({ query }) => Boolean(query.texts.get('file')),
  find: async ({ query }) => await find(query.texts.get('file') ?? '', options),
});
