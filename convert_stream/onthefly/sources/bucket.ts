import { matchGsUrl } from '../../../cloud/gs_url.ts';
import type { ObjectStore } from '../../../cloud/storage.ts';
import { Problem } from '../../../common/problem.ts';
import type { Found, Source } from './source.ts';

export interface Mounted {
  readonly bucket: string;
  /** In front of every name; empty or with a slash at its end. */
  readonly prefix: string;
}

/** The bucket that `gs://BUCKET/FOLDER` names; undefined when it names none. */
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

/** An object, at the generation that was found. @throws Problem `not_found`. */
async function find(file: string, { store, bucket, prefix, maxBytes }: BucketOptions): Promise<Found> {
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
export const bucketSource = (options: BucketOptions): Source => ({
  takes: ({ query }) => Boolean(query.texts.get('file')),
  find: async ({ query }) => await find(query.texts.get('file') ?? '', options),
});
