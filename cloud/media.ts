import type { Storage } from '@google-cloud/storage';
import { crc32cOf } from '../common/crc32c.ts';
import { Problem } from '../common/problem.ts';
import { type CollectOptions, collect } from '../common/streams/collect.ts';
import type { BufferPool } from '../common/streams/growing_buffer.ts';
import { codingsIn, unpack } from '../common/streams/unpack.ts';
import { type ApiResponse, type CallOptions, call, objectUrl } from './api.ts';
import type { ObjectRef } from './objects.ts';

export interface MediaOptions extends CallOptions {
  readonly what: string;
  readonly maxBytes: number;
  readonly reserve?: (bytes: number) => void;
  readonly pool?: BufferPool;
}

/** Compares the data with the stored checksum. @throws an error without a status when they differ. */
async function check(data: Buffer, headers: ApiResponse['headers']): Promise<void> {
  const { 'content-encoding': sent = 'identity', 'x-goog-stored-content-encoding': stored } = headers;
  // The stored checksum does not fit data that storage has unpacked.
  if (stored !== sent) return;
  const [, sum] = /(?:^|[\s,])crc32c=([^\s,]+)/.exec(String(headers['x-goog-hash'] ?? '')) ?? [];
  if (sum === undefined) throw new Error('the response has no checksum');
  if ((await crc32cOf(data)) !== sum) throw new Error('the received data has another CRC32C than the object');
}

const limitsOf = ({ what, maxBytes, reserve }: MediaOptions): CollectOptions => ({
  maxBytes,
  tooLarge: () => new Problem('too_large', `${what}: larger than the limit of ${maxBytes} bytes`),
  ...(reserve ? { reserve } : {}),
});

/** Decodes the Content-Encoding. @throws Problem `corrupt_image` when the data is not encoded so. */
async function unpacked(data: Buffer, { headers }: ApiResponse, options: MediaOptions): Promise<Buffer> {
  const { signal, what } = options;
  const codings = codingsIn(headers['content-encoding']);
  try {
    return await unpack(data, { ...limitsOf(options), codings, signal });
  } catch (error) {
    if (error instanceof Problem || signal.aborted) throw error;
    const message = `${what}: expected bytes packed by ${codings.join(', ')}, as its Content-Encoding says`;
    throw new Problem('corrupt_image', message, { cause: error });
  }
}

/**
 * Requests the stored bytes, which are verified and then unpacked here. Storage would also unpack gzip itself, but
 * without a checksum and not for objects with `no-transform`.
 */
const accepted = { 'accept-encoding': 'gzip' };

/** Reads an object's bytes. @throws Problem `too_large`, `corrupt_image`, and what `call` throws, also for damage. */
export async function readMedia(client: Storage, ref: ObjectRef, options: MediaOptions): Promise<Buffer> {
  const url = objectUrl(client, ref, { alt: 'media', generation: ref.generation });
  const answer = await call(client, { method: 'GET', url, headers: accepted }, options);
  // There is no length when storage unpacks the object.
  const expected = Number(answer.headers['content-length'] ?? 0);
  const memory = options.pool ? { pool: options.pool } : {};
  // undici passes on the buffers that the socket has read, and keeps none that the body fills alone.
  const data = await collect(answer.body, { ...limitsOf(options), ...memory, expected, freesChunks: true });
  await check(data, answer.headers);
  return await unpacked(data, answer, options);
}
