import { hash } from 'node:crypto';
import type { File, FileMetadata, PredefinedAcl } from '@google-cloud/storage';
import type { ObjectFacts, ObjectRef, Write } from './objects.ts';

const md5Of = (data: Buffer): string => hash('md5', data, 'base64');

/** @throws what the client throws. */
export async function metadataOf(file: File, { generation }: ObjectRef): Promise<FileMetadata> {
  const [metadata] = await file.getMetadata(generation === undefined ? {} : { generation });
  return metadata;
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
