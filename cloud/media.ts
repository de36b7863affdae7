import type { Storage } from '@google-cloud/storage';
import { crc32cOf } from '../common/crc32c.ts';
import { Problem } from '../common/problem.ts';
import { type Answer, type CallOptions, call, objectUrl } from './api.ts';
import type { ObjectRef } from './objects.ts';

export interface MediaOptions extends CallOptions {
  readonly what: string;
  readonly maxBytes?: number | undefined;
}

/** @throws an error without a status when bytes were changed on the way. */
async function check(data: Buffer, headers: Answer['headers']): Promise<void> {
  // What is unpacked on the way has other sums than what is stored.
  if (headers['x-goog-stored-content-encoding'] !== 'identity') return;
  const [, sum] = /(?:^|[\s,])crc32c=([^\s,]+)/.exec(String(headers['x-goog-hash'] ?? '')) ?? [];
  if (sum === undefined) throw new Error('the answer has no checksum');
  if ((await crc32cOf(data)) !== sum) throw new Error('what came has another CRC32C than what is stored');
}

const tooLarge = ({ what, maxBytes }: MediaOptions): Problem =>
  new Problem('too_large', `${what}: larger than the limit of ${maxBytes} bytes`);

async function collect(body: AsyncIterable<Buffer>, options: MediaOptions): Promise<Buffer> {
  const { maxBytes = Number.POSITIVE_INFINITY } = options;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(options);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

/** An object's bytes. @throws Problem `too_large`; what `call` throws, also for bytes that were changed on the way. */
export async function readMedia(client: Storage, ref: ObjectRef, options: MediaOptions): Promise<Buffer> {
  const url = objectUrl(client, ref, { alt: 'media', generation: ref.generation });
  const answer = await call(client, { method: 'GET', url }, options);
  const data = await collect(answer.body, options);
  await check(data, answer.headers);
  return data;
}
