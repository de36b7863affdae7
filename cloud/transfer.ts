import { hash } from 'node:crypto';
import type { File, FileMetadata, PredefinedAcl } from '@google-cloud/storage';
import { type CollectOptions, collect } from './collect.ts';
import type { ObjectFacts, ObjectRef, Write } from './objects.ts';

const md5Of = (data: Buffer): string => hash('md5', data, 'base64');

/** A number of JavaScript does not hold 19 digits, so the client's own option for generations is not used. */
export const atGeneration = (file: File, { generation }: ObjectRef): File =>
  generation === undefined ? file : Object.assign(file, { generation });

/** @throws what the client throws. */
export async function metadataOf(file: File, { generation }: ObjectRef): Promise<FileMetadata> {
  const [metadata] = await file.getMetadata(generation === undefined ? {} : { generation });
  return metadata;
}

type Answer = { readonly headers: Readonly<Record<string, string | undefined>> };

/** The MD5 of the bytes that come; undefined for composite objects, and where the client unpacks what is stored. */
function md5In({ headers }: Answer): string | undefined {
  if (headers['x-goog-stored-content-encoding'] !== 'identity') return undefined;
  return /(?:^|,)\s*md5=([^,\s]+)/.exec(headers['x-goog-hash'] ?? '')?.[1];
}

const unhashed = new Error('the answer has no MD5 of its bytes');

/** The client's own check costs twice the MD5 in streams, its CRC32C seven times. */
async function downloadByMd5(file: File, options: CollectOptions): Promise<Buffer> {
  let md5: string | undefined;
  const stream = file.createReadStream({ validation: false });
  stream.once('response', (answer: Answer) => {
    md5 = md5In(answer);
    // Not before the client has connected its streams.
    if (md5 === undefined) setImmediate(() => stream.destroy(unhashed));
  });
  const data = await collect(stream, options);
  if (md5 === undefined) throw unhashed;
  if (md5Of(data) !== md5) throw new Error('what arrived has another MD5 than what is stored');
  return data;
}

/** @throws what the client throws, `too_large`; an error without a status when bytes were lost or changed. */
export async function download(file: File, options: CollectOptions): Promise<Buffer> {
  try {
    return await downloadByMd5(file, options);
  } catch (error) {
    if (error !== unhashed) throw error;
    return await collect(file.createReadStream({ validation: 'crc32c' }), options);
  }
}

const pieceBytes = 256 * 1024;

/** The data in pieces, each asked for when the connection has taken those before. */
async function* pieces({ data, onProgress }: Write): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += pieceBytes) {
    onProgress?.(at);
    yield data.subarray(at, at + pieceBytes);
  }
}

export async function upload(file: File, write: Write, timeoutMs: number): Promise<string> {
  const { data, contentType, cacheControl, metadata, predefinedAcl, ifGeneration, onProgress } = write;
  await file.save(onProgress ? pieces(write) : data, {
    resumable: false,
    validation: 'md5',
    timeout: timeoutMs,
    contentType,
    metadata: { ...(cacheControl ? { cacheControl } : {}), ...(metadata ? { metadata } : {}) },
    preconditionOpts: ifGeneration === undefined ? {} : { ifGenerationMatch: ifGeneration },
    ...(predefinedAcl ? { predefinedAcl: predefinedAcl as PredefinedAcl } : {}),
  });
  onProgress?.(data.length);
  return String(file.metadata.generation);
}

/** Whether what is there is what an attempt whose answer was lost has written. */
export function isWritten(there: FileMetadata, write: Write): boolean {
  const custom = Object.entries(write.metadata ?? {});
  return (
    there.md5Hash === md5Of(write.data) && custom.every(([key, value]) => there.metadata?.[key] === value)
  );
}

/** What the client says of an object. */
export function factsOf(metadata: FileMetadata): ObjectFacts {
  const { contentType, cacheControl } = metadata;
  return {
    generation: String(metadata.generation),
    bytes: Number(metadata.size),
    ...(contentType === undefined ? {} : { contentType }),
    ...(cacheControl === undefined ? {} : { cacheControl }),
    metadata: Object.fromEntries(Object.entries(metadata.metadata ?? {}).map(([k, v]) => [k, String(v)])),
  };
}
