import type { Bucket, File, GetFilesOptions, GetFilesResponse } from '@google-cloud/storage';
import { attempt, statusOf } from './failure.ts';
import type { ObjectRef, ObjectStore } from './objects.ts';
import { lazyClient } from './storage_client.ts';
import { atGeneration, download, factsOf, isWritten, metadataOf, upload } from './transfer.ts';

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

async function* pages(bucket: Bucket, prefix: string, again: <T>(work: () => Promise<T>) => Promise<T>) {
  let query: GetFilesOptions | null = { prefix, autoPaginate: false, maxResults: 1000 };
  while (query !== null) {
    const asked: GetFilesOptions = query;
    const [files, next]: GetFilesResponse = await again(() => bucket.getFiles(asked));
    yield files;
    query = (next as GetFilesOptions | undefined) ?? null;
  }
}

/**
 * Objects in Cloud Storage through Google's client. Failures that may pass are repeated a few times,
 * then they are Problem `storage_unavailable`.
 */
export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const settings = { ...defaults, ...options };
  const { retryDelaysMs, timeoutMs } = settings;
  const client = lazyClient(settings);
  const fileAt = async ({ bucket, name }: ObjectRef): Promise<File> =>
    (await client()).bucket(bucket).file(name);

  return {
    async read(ref, { maxBytes, signal } = {}) {
      const what = titleOf(ref);
      return await attempt(what, { retryDelaysMs, signal }, async () => {
        const limit = AbortSignal.timeout(timeoutMs);
        const either = signal ? AbortSignal.any([signal, limit]) : limit;
        return await download(atGeneration(await fileAt(ref), ref), { what, maxBytes, signal: either });
      });
    },

    async stat(ref) {
      return await attempt(titleOf(ref), { retryDelaysMs }, async () => {
        try {
          return factsOf(await metadataOf(await fileAt(ref), ref));
        } catch (error) {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }
      });
    },

    async write(write) {
      return await attempt(titleOf(write), { retryDelaysMs }, async (isAgain) => {
        const file = await fileAt(write);
        try {
          return await upload(file, write, timeoutMs);
        } catch (error) {
          if (!isAgain || statusOf(error) !== 412) throw error;
          const there = await metadataOf(file, write);
          if (!isWritten(there, write)) throw error;
          return String(there.generation);
        }
      });
    },

    async remove(ref) {
      const precondition = ref.generation === undefined ? {} : { ifGenerationMatch: ref.generation };
      await attempt(titleOf(ref), { retryDelaysMs }, async () => {
        try {
          await (await fileAt(ref)).delete(precondition);
        } catch (error) {
          if (statusOf(error) !== 404) throw error;
        }
      });
    },

    async *list(bucket, prefix) {
      const again = <T>(work: () => Promise<T>) =>
        attempt(titleOf({ bucket, name: prefix }), { retryDelaysMs }, work);
      for await (const files of pages((await client()).bucket(bucket), prefix, again)) {
        for (const file of files) {
          const facts = factsOf(file.metadata);
          yield { bucket, name: file.name, generation: facts.generation, facts };
        }
      }
    },
  };
}
