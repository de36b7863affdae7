import type { Bucket, File, GetFilesOptions, GetFilesResponse } from '@google-cloud/storage';
import { attempt, statusOf } from './failure.ts';
import { lazyClient } from './storage_client.ts';
import { atGeneration, download, factsOf, isWritten, metadataOf, upload } from './transfer.ts';

/** Where an object is: a generation names one content for ever. Generations are decimal strings of up to 19 digits. */
export interface ObjectRef {
  readonly bucket: string;
  readonly name: string;
  readonly generation?: string;
}

export interface ObjectFacts {
  readonly generation: string;
  readonly bytes: number;
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Write {
  readonly bucket: string;
  readonly name: string;
  readonly data: Buffer;
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** `publicRead` and the like; only for buckets without uniform access. */
  readonly predefinedAcl?: string;
  /** What must be there now: a generation, or `0` for nothing. Absent: whatever is there is replaced. */
  readonly ifGeneration?: string;
}

/** The objects of Cloud Storage, as the services use them. */
export interface ObjectStore {
  /** @throws Problem `not_found` (also: that generation is gone), `too_large`, `storage_unavailable`. */
  read(
    ref: ObjectRef,
    options?: { readonly maxBytes?: number; readonly signal?: AbortSignal },
  ): Promise<Buffer>;
  /** undefined when there is none. */
  stat(ref: ObjectRef): Promise<ObjectFacts | undefined>;
  /** The generation written. @throws Problem `superseded` when the precondition fails, `storage_unavailable`. */
  write(write: Write): Promise<string>;
  /** Deleting what is not there is success. @throws Problem `superseded` when the precondition fails. */
  remove(ref: ObjectRef): Promise<void>;
  list(bucket: string, prefix: string): AsyncIterable<ObjectRef & { readonly facts: ObjectFacts }>;
}

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
