import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FileMetadata, Storage } from '@google-cloud/storage';
import { crc32cOf } from '../common/crc32c.ts';
import { type ApiResponse, type CallOptions, call, objectUrl, uploadUrl } from './api.ts';
import { statusOf } from './failure.ts';
import type { ObjectInfo, ObjectRef, ObjectWrite } from './objects.ts';

const metadataIn = async ({ body }: ApiResponse): Promise<FileMetadata> =>
  (await body.json()) as FileMetadata;

export async function fetchMetadata(
  client: Storage,
  ref: ObjectRef,
  options: CallOptions,
): Promise<FileMetadata> {
  const url = objectUrl(client, ref, { generation: ref.generation });
  return await metadataIn(await call(client, { method: 'GET', url }, options));
}

export async function remove(client: Storage, ref: ObjectRef, options: CallOptions): Promise<void> {
  const url = objectUrl(client, ref, { ifGenerationMatch: ref.generation });
  await (await call(client, { method: 'DELETE', url }, options)).body.dump();
}

/** Adds custom metadata. Idempotent. */
export async function annotate(
  client: Storage,
  ref: Required<ObjectRef>,
  change: { readonly metadata: Readonly<Record<string, string>>; readonly options: CallOptions },
): Promise<void> {
  const { bucket, name, generation } = ref;
  const url = objectUrl(client, { bucket, name }, { ifGenerationMatch: generation });
  const body = Readable.from([Buffer.from(JSON.stringify({ metadata: change.metadata }))]);
  const headers = { 'content-type': 'application/json' };
  await (await call(client, { method: 'PATCH', url, headers, body }, change.options)).body.dump();
}

const pieceBytes = 256 * 1024;

/** The data in chunks. The connection requests each chunk after it has taken the ones before. */
function* pieces({ data, onProgress }: ObjectWrite): Generator<Buffer> {
  if (!onProgress) return yield data;
  for (let at = 0; at < data.length; at += pieceBytes) {
    onProgress(at);
    yield data.subarray(at, at + pieceBytes);
  }
}

/** Metadata and data in one body. Storage verifies the checksum before it creates the object. */
async function related(write: ObjectWrite) {
  const { name, data, contentType, cacheControl, contentDisposition, contentLanguage, metadata } = write;
  const boundary = randomUUID();
  const served = { contentType, cacheControl, contentDisposition, contentLanguage };
  const resource = { name, ...served, metadata, crc32c: await crc32cOf(data) };
  const head = Buffer.from(
    `--${boundary}\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(resource)}\r\n` +
      `--${boundary}\r\ncontent-type: ${contentType}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  function* body(): Generator<Buffer> {
    yield head;
    yield* pieces(write);
    yield tail;
  }
  const headers = {
    'content-type': `multipart/related; boundary=${boundary}`,
    'content-length': String(head.length + data.length + tail.length),
  };
  return { headers, body: Readable.from(body()) };
}

/** Whether storage computed another checksum: bytes were changed in transit. */
const isDamaged = (error: unknown): boolean =>
  statusOf(error) === 400 && /match(es)? (the )?calculated/i.test((error as Error).message);

/** Writes an object and returns its generation. @throws what `call` throws; without a status for damaged bytes. */
export async function uploadObject(
  client: Storage,
  write: ObjectWrite,
  options: CallOptions,
): Promise<string> {
  const { bucket, predefinedAcl, ifGeneration, ifMetageneration, onProgress, data } = write;
  const url = uploadUrl(client, bucket, {
    uploadType: 'multipart',
    ifGenerationMatch: ifGeneration,
    ifMetagenerationMatch: ifMetageneration,
    predefinedAcl,
  });
  try {
    const answer = await call(client, { method: 'POST', url, ...(await related(write)) }, options);
    const { generation } = await metadataIn(answer);
    onProgress?.(data.length);
    return String(generation);
  } catch (error) {
    throw isDamaged(error)
      ? new Error('the data that storage received has another CRC32C', { cause: error })
      : error;
  }
}

/** Whether the object was written by an attempt whose response was lost. */
export async function isWritten(there: FileMetadata, { data, metadata = {} }: ObjectWrite): Promise<boolean> {
  const custom = Object.entries(metadata).every(([key, value]) => there.metadata?.[key] === value);
  return custom && there.crc32c === (await crc32cOf(data));
}

const served = ['contentType', 'cacheControl', 'contentDisposition', 'contentLanguage'] as const;
const firstMetageneration = '1';

/** Reads the object's attributes from the resource of the JSON API. */
export function toObjectInfo(resource: FileMetadata): ObjectInfo {
  const metageneration = String(resource.metageneration ?? firstMetageneration);
  const headers = served.flatMap((name) => (resource[name] === undefined ? [] : [[name, resource[name]]]));
  const custom = Object.entries(resource.metadata ?? {}).map(([key, value]) => [key, String(value)]);
  return {
    generation: String(resource.generation),
    ...(metageneration === firstMetageneration ? {} : { metageneration }),
    bytes: Number(resource.size),
    ...Object.fromEntries(headers),
    metadata: Object.fromEntries(custom),
  };
}
