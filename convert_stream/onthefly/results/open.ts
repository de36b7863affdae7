import { join } from 'node:path';
import { isGsUrl, parseGsUrl } from '../../../cloud/gs_url.ts';
import type { ObjectStore } from '../../../cloud/storage.ts';
import type { Log } from '../../../common/log/log.ts';
import type { Blobs } from './blobs.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createOriginals, type Originals } from './originals.ts';

export interface ResultsPlace {
  /** A folder, or `gs://BUCKET/PREFIX`. */
  readonly place: string;
  /** Bound of a folder. */
  readonly maxBytes: number;
}

/** Results have a folder of their own in the place: what else is there is neither counted nor removed. */
const ownFolder = 'imagetx-results';

/** Opens the place where results are kept. @throws Problem `invalid_param`, or Error when the folder cannot be made. */
export async function openResults({ place, maxBytes }: ResultsPlace, store: ObjectStore): Promise<Blobs> {
  if (isGsUrl(place)) return (await import('./bucket.ts')).openBucket(parseGsUrl(place), store);
  return await (await import('./folder.ts')).openFolder(join(place, ownFolder), maxBytes);
}

/** What a service keeps. */
export interface Kept {
  readonly results: Keeper;
  /** Originals of other servers, if they are kept. */
  readonly originals?: Originals;
}

export async function openKept(
  { ttlSeconds, ...place }: ResultsPlace & { readonly ttlSeconds: number },
  store: ObjectStore,
  log: Log,
): Promise<Kept> {
  const results = createKeeper(await openResults(place, store), log);
  return ttlSeconds > 0 ? { results, originals: createOriginals(results, ttlSeconds * 1000) } : { results };
}
