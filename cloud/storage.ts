import type { Bucket, GetFilesOptions, GetFilesResponse, Storage } from '@google-cloud/storage';
import type { LookUp } from '../common/dns/lookup.ts';
import { Problem } from '../common/problem.ts';
import { inClientSpan } from '../common/telemetry/spans.ts';
import type { CallOptions } from './api.ts';
import { statusOf, withRetries } from './failure.ts';
import { readMedia } from './media.ts';
import type { ObjectRef, ObjectStore, ObjectWrite } from './objects.ts';
import { startUpload } from './resumable.ts';
import { lazyClient, lazyDispatcher } from './storage_client.ts';
import { annotate, fetchMetadata, isWritten, remove, toObjectInfo, uploadObject } from './transfer.ts';

export type { ObjectInfo, ObjectRef, ObjectStore, ObjectWrite, UploadStart } from './objects.ts';

export interface ObjectStoreOptions {
  readonly projectId: string;
  /** URL of the API. Default: STORAGE_EMULATOR_HOST, else Google. */
  readonly endpoint?: string;
  /** Longest time without bytes on a connection. */
  readonly idleMs?: number;
  /** Longest attempt to read or write one object. */
  readonly timeoutMs?: number;
  /** Waits before the retries of calls that failed because storage was not available. */
  readonly retryDelaysMs?: readonly number[];
  /** Looks names up. Default: the system's hosts file and name servers. */
  readonly lookUp?: LookUp;
}

const defaults = { idleMs: 30_000, timeoutMs: 120_000, retryDelaysMs: [100, 400] } as const;

const titleOf = ({ bucket, name, generation }: ObjectRef): string =>
  `gs://${bucket}/${name}${generation === undefined ? '' : `#${generation}`}`;

/** Cloud Storage has no objects of these names; a call with one would address the bucket itself. */
const noNames: readonly string[] = ['', '.', '..'];

function checkRef(ref: ObjectRef): void {
  if (noNames.includes(ref.name)) throw new Problem('not_found', `${titleOf(ref)}: no such object`);
}

/** Undefined when the object does not exist. */
async function statOnce(client: Storage, ref: ObjectRef, options: CallOptions) {
  try {
    return toObjectInfo(await fetchMetadata(client, ref, options));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Repeats a write. The object may already be there, written by an attempt whose response was lost. */
async function writeAgain(client: Storage, write: ObjectWrite, options: CallOptions): Promise<string> {
  try {
    return await uploadObject(client, write, options);
  } catch (error) {
    if (statusOf(error) !== 412) throw error;
    const there = await fetchMetadata(client, { bucket: write.bucket, name: write.name }, options);
    if (!(await isWritten(there, write))) throw error;
    return String(there.generation);
  }
}

async function removeOnce(client: Storage, ref: ObjectRef, options: CallOptions): Promise<void> {
  try {
    await remove(client, ref, options);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

/** Each attempt reserves only what exceeds the largest attempt before it, whose bytes are garbage. */
function reserveOnce(reserve: (bytes: number) => void) {
  let most = 0;
  return () => {
    let own = 0;
    return (bytes: number): void => {
      own += bytes;
      if (own <= most) return;
      reserve(own - most);
      most = own;
    };
  };
}

type Again = <T>(work: () => Promise<T>) => Promise<T>;

interface Listing {
  readonly prefix: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

async function* listed(bucket: Bucket, { prefix, from, to }: Listing, again: Again) {
  const bounds = { ...(from ? { startOffset: from } : {}), ...(to ? { endOffset: to } : {}) };
  let query: GetFilesOptions | null = { prefix, ...bounds, autoPaginate: false, maxResults: 1000 };
  while (query !== null) {
    const asked: GetFilesOptions = query;
    const [files, next]: GetFilesResponse = await again(() => bucket.getFiles(asked));
    for (const { name, metadata } of files) {
      const info = toObjectInfo(metadata);
      yield { bucket: bucket.name, name, generation: info.generation, info };
    }
    query = (next as GetFilesOptions | undefined) ?? null;
  }
}

/** The names and subfolders that begin with a prefix, until there are `most`. */
async function folderEntries(
  bucket: Bucket,
  { prefix, most }: { prefix: string; most: number },
  again: Again,
) {
  const entries: string[] = [];
  const common = {
    prefix,
    delimiter: '/',
    autoPaginate: false,
    fields: 'prefixes,nextPageToken,items(name)',
  };
  let query: GetFilesOptions | null = { ...common, maxResults: Math.min(1000, most) };
  while (query !== null && entries.length < most) {
    const asked: GetFilesOptions = query;
    const [files, next, answer]: GetFilesResponse = await again(() => bucket.getFiles(asked));
    const { prefixes = [] } = (answer ?? {}) as { readonly prefixes?: readonly string[] };
    entries.push(...files.map(({ name }) => name), ...prefixes);
    query = (next as GetFilesOptions | undefined) ?? null;
  }
  return { entries, isComplete: query === null };
}

/**
 * Accesses objects in Cloud Storage through Google's client. Retries transient failures a few times, then throws
 * Problem `storage_unavailable`.
 */
export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const settings = { ...defaults, ...options };
  const { retryDelaysMs, timeoutMs, idleMs } = settings;
  const client = lazyClient(settings);
  const dispatcher = lazyDispatcher(options.lookUp);

  type Work<T> = (client: Storage, options: CallOptions, isAgain: boolean) => Promise<T>;
  const on = async <T>(verb: string, ref: ObjectRef, work: Work<T>, signal?: AbortSignal): Promise<T> => {
    checkRef(ref);
    const attributes = { 'rpc.service': 'storage', bucket: ref.bucket };
    return await withRetries(titleOf(ref), { retryDelaysMs, signal }, (isAgain) =>
      inClientSpan(`storage.objects.${verb}`, attributes, async () => {
        const limit = AbortSignal.timeout(timeoutMs);
        const either = signal ? AbortSignal.any([signal, limit]) : limit;
        const call = { signal: either, idleMs, dispatcher: await dispatcher() };
        return await work(await client(), call, isAgain);
      }),
    );
  };

  const againIn =
    (bucket: string, prefix: string): Again =>
    (work) =>
      withRetries(titleOf({ bucket, name: prefix }), { retryDelaysMs }, () =>
        inClientSpan('storage.objects.list', { 'rpc.service': 'storage', bucket }, work),
      );

  return {
    read: (ref, { maxBytes = Number.POSITIVE_INFINITY, reserve, signal, pool } = {}) => {
      const nextAttempt = reserve && reserveOnce(reserve);
      const read: Work<Buffer> = (client, call) => {
        const counted = nextAttempt ? { reserve: nextAttempt() } : {};
        const memory = pool ? { pool } : {};
        return readMedia(client, ref, { ...call, ...counted, ...memory, what: titleOf(ref), maxBytes });
      };
      return on('download', ref, read, signal);
    },
    stat: async (ref) =>
      noNames.includes(ref.name)
        ? undefined
        : await on('get', ref, (client, call) => statOnce(client, ref, call)),
    write: (write) =>
      on('insert', write, (client, call, isAgain) =>
        (isAgain ? writeAgain : uploadObject)(client, write, call),
      ),
    startUpload: (start) => on('start', start, (client, call) => startUpload(client, start, call)),
    annotate: (ref, metadata) =>
      on('patch', ref, (client, options) => annotate(client, ref, { metadata, options })),
    remove: (ref) => on('delete', ref, (client, call) => removeOnce(client, ref, call)),
    async *list(bucket, prefix, range = {}) {
      yield* listed((await client()).bucket(bucket), { prefix, ...range }, againIn(bucket, prefix));
    },
    listFolder: async (bucket, prefix, most) =>
      await folderEntries((await client()).bucket(bucket), { prefix, most }, againIn(bucket, prefix)),
  };
}
