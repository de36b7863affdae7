import type { Bucket, File, GetFilesOptions, GetFilesResponse } from '@google-cloud/storage';
import { Problem } from '../common/problem.ts';
import { attempt, statusOf } from './failure.ts';
import { readMedia } from './media.ts';
import type { ObjectFacts, ObjectRef, ObjectStore, Write } from './objects.ts';
import { bucketOf, lazyClient } from './storage_client.ts';
import { factsOf, isWritten, metadataOf, upload } from './transfer.ts';

export type { ObjectFacts, ObjectRef, ObjectStore, Write } from './objects.ts';

export interface ObjectStoreOptions {
  readonly projectId: string;
  /** Where the API is; unset: Google, or what STORAGE_EMULATOR_HOST names. */
  readonly endpoint?: string;
  /** Longest silence of a connection. */
  readonly idleMs?: number;
  /** Longest read or write of one object, one attempt. */
  readonly timeoutMs?: number;
  /** Waits before repeating what failed because storage was not available. */
  readonly retryDelaysMs?: readonly number[];
}

const defaults = { idleMs: 30_000, timeoutMs: 120_000, retryDelaysMs: [100, 400] } as const;

const titleOf = ({ bucket, name, generation }: ObjectRef): string =>
  `gs://${bucket}/${name}${generation === undefined ? '' : `#${generation}`}`;

/** Cloud Storage has no objects of these names, and they would lead a call to the bucket itself. */
const noNames: readonly string[] = ['', '.', '..'];

function checkRef(ref: ObjectRef): void {
  if (noNames.includes(ref.name)) throw new Problem('not_found', `${titleOf(ref)}: no such object`);
}

/** undefined when there is none. */
async function statOnce(file: File, ref: ObjectRef): Promise<ObjectFacts | undefined> {
  try {
    return factsOf(await metadataOf(file, ref));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

async function writeOnce(file: File, write: Write, isAgain: boolean, timeoutMs: number): Promise<string> {
  try {
    return await upload(file, write, timeoutMs);
  } catch (error) {
    if (!isAgain || statusOf(error) !== 412) throw error;
    const there = await metadataOf(file, write);
    if (!isWritten(there, write)) throw error;
    return String(there.generation);
  }
}

async function removeOnce(file: File, { generation }: ObjectRef): Promise<void> {
  try {
    await file.delete(generation === undefined ? {} : { ifGenerationMatch: generation });
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

type Again = <T>(work: () => Promise<T>) => Promise<T>;

async function* listed(bucket: Bucket, prefix: string, again: Again) {
  let query: GetFilesOptions | null = { prefix, autoPaginate: false, maxResults: 1000 };
  while (query !== null) {
    const asked: GetFilesOptions = query;
    const [files, next]: GetFilesResponse = await again(() => bucket.getFiles(asked));
    for (const { name, metadata } of files) {
      const facts = factsOf(metadata);
      yield { bucket: bucket.name, name, generation: facts.generation, facts };
    }
    query = (next as GetFilesOptions | undefined) ?? null;
  }
}

/**
 * Objects in Cloud Storage through Google's client. Failures that may pass are repeated a few times,
 * then they are Problem `storage_unavailable`.
 */
export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const settings = { ...defaults, ...options };
  const { retryDelaysMs, timeoutMs, idleMs } = settings;
  const client = lazyClient(settings);
  const fileAt = async ({ bucket, name }: ObjectRef): Promise<File> =>
    bucketOf(await client(), bucket).file(name);
  const on = async <T>(ref: ObjectRef, work: (file: File, isAgain: boolean) => Promise<T>): Promise<T> => {
    checkRef(ref);
    return await attempt(titleOf(ref), { retryDelaysMs }, async (isAgain) =>
      work(await fileAt(ref), isAgain),
    );
  };

  return {
    read: async (ref, { maxBytes, signal } = {}) => {
      checkRef(ref);
      return await attempt(titleOf(ref), { retryDelaysMs, signal }, async () => {
        const limit = AbortSignal.timeout(timeoutMs);
        const either = signal ? AbortSignal.any([signal, limit]) : limit;
        return await readMedia(await client(), ref, { what: titleOf(ref), maxBytes, signal: either, idleMs });
      });
    },
    stat: async (ref) =>
      noNames.includes(ref.name) ? undefined : await on(ref, (file) => statOnce(file, ref)),
    write: (write) => on(write, (file, isAgain) => writeOnce(file, write, isAgain, timeoutMs)),
    remove: (ref) => on(ref, (file) => removeOnce(file, ref)),
    async *list(bucket, prefix) {
      const again: Again = (work) => attempt(titleOf({ bucket, name: prefix }), { retryDelaysMs }, work);
      yield* listed((await client()).bucket(bucket), prefix, again);
    },
  };
}
