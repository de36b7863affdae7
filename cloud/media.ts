import type { Storage } from '@google-cloud/storage';
import { crc32cOf } from '../common/crc32c.ts';
import { Problem } from '../common/problem.ts';
import { type Answer, type CallOptions, call, objectUrl } from './api.ts';
import type { ObjectRef } from './objects.ts';

export interface MediaOptions extends CallOptions {
  readonly what: string;
  readonly maxBytes: number;
}

/** @throws an error without a status when bytes were changed on the way. */
async function check(data: Buffer, headers: Answer['headers']): Promise<void> {
  // What is unpacked on the way has other sums than what is stored.
  if (headers['x-goog-stored-content-encoding'] !== 'identity') return;
  const [, sum] = /(?:^|[\s,])crc32c=([^\s,]+)/.exec(String(headers['x-goog-hash'] ?? '')) ?? [];
  if (sum === undefined) throw new Error('the answer has no checksum');
  if ((await crc32cOf(data)) !== sum) throw new Error('what came has another CRC32C than what is stored');
}

/** Gathers a body in one buffer, so that its chunks are garbage at once. */
async function collect({ body, headers }: Answer, { what, maxBytes }: MediaOptions): Promise<Buffer> {
  // Storage tells no length of what it unpacks on the way.
  const length = Number(headers['content-length'] ?? 0);
  let whole: Buffer = Buffer.allocUnsafeSlow(Math.min(length, maxBytes));
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const end = bytes + chunk.length;
    if (Math.max(end, length) > maxBytes) {
      throw new Problem('too_large', `${what}: larger than the limit of ${maxBytes} bytes`);
    }
    if (end > whole.length) whole = Buffer.concat([whole.subarray(0, bytes)], end * 2);
    chunk.copy(whole, bytes);
    bytes = end;
  }
  return whole.subarray(0, bytes);
}

/** An object's bytes. @throws Problem `too_large`; what `call` throws, also for bytes that were changed on the way. */
export async function readMedia(client: Storage, ref: ObjectRef, options: MediaOptions): Promise<Buffer> {
  const url = objectUrl(client, ref, { alt: 'media', generation: ref.generation });
  const answer = await call(client, { method: 'GET', url }, options);
  const data = await collect(answer, options);
  await check(data, answer.headers);
  return data;
}
