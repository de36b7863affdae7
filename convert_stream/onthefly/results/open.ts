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

export interface KeptOptions extends ResultsPlace {
  /** How long originals are used without asking; 0: they are not kept. */
  readonly ttlSeconds: number;
  /** Changes with the settings that decide answers. */
  readonly settings: string;
}

export async function openKept(
  { ttlSeconds, settings, ...place }: KeptOptions,
  store: ObjectStore,
  log: Log,
): Promise<Kept> {
  const results = createKeeper(await openResults(place, store), log);
  if (ttlSeconds === 0) return { results };
  return { results, originals: createOriginals(results, { ttlMs: ttlSeconds * 1000, settings }) };
}
