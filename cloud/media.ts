import { hash } from 'node:crypto';
import type { Storage } from '@google-cloud/storage';
import type { Dispatcher } from 'undici';
import { Problem } from '../common/problem.ts';
import type { ObjectRef } from './objects.ts';

type Answer = Dispatcher.ResponseData;
type HeadersInit = ConstructorParameters<typeof Headers>[0];

export interface MediaOptions {
  readonly what: string;
  readonly maxBytes?: number | undefined;
  readonly signal: AbortSignal;
  /** Longest silence of the connection. */
  readonly idleMs: number;
}

const urlOf = ({ baseUrl }: Storage, { bucket, name, generation }: ObjectRef): string => {
  const at = generation === undefined ? '' : `&generation=${generation}`;
  return `${baseUrl.replace(/\/+$/, '')}/b/${bucket}/o/${encodeURIComponent(name)}?alt=media${at}`;
};

/** What the client sends along: a token, unless its endpoint is one that takes none. */
function authorized(client: Storage, uri: string): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve, reject) => {
    client.makeAuthenticatedRequest(
      { uri },
      {
        onAuthenticated: (error, options) =>
          error ? reject(error) : resolve(Object.fromEntries(new Headers(options?.headers as HeadersInit))),
      },
    );
  });
}

/** How bytes are compared with what storage says of them, the cheapest first: composite objects have no MD5. */
const checks: readonly (readonly [name: string, of: (data: Buffer) => Promise<string>])[] = [
  ['md5', async (data) => hash('md5', data, 'base64')],
  [
    'crc32c',
    async (data) => {
      const { CRC32C } = await import('@google-cloud/storage');
      const sum = new CRC32C();
      sum.update(data);
      return sum.toString();
    },
  ],
];

/** @throws an error without a status when bytes were changed on the way. */
async function check(data: Buffer, headers: Answer['headers']): Promise<void> {
  // What is unpacked on the way has other sums than what is stored.
  if (headers['x-goog-stored-content-encoding'] !== 'identity') return;
  const sums = new Map(
    String(headers['x-goog-hash'] ?? '')
      .split(/,\s*/)
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
  const [name, of] = checks.find(([one]) => sums.has(one)) ?? [];
  if (!name || !of) throw new Error('the answer has no checksum');
  if ((await of(data)) !== sums.get(name))
    throw new Error(`what came has another ${name} than what is stored`);
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

/**
 * Reads an object's bytes past the client's streams: they cost as much as the rest of a read, and end the process
 * on Node 24 when they are called off before the answer (ERR_STREAM_UNABLE_TO_PIPE).
 * @throws Problem `too_large`; an error with the status as its `code`, or without one when there was no whole answer.
 */
export async function readMedia(client: Storage, ref: ObjectRef, options: MediaOptions): Promise<Buffer> {
  const url = urlOf(client, ref);
  const { signal, idleMs } = options;
  const { request } = await import('undici');
  const headers = await authorized(client, url);
  const answer = await request(url, { headers, signal, headersTimeout: idleMs, bodyTimeout: idleMs });
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    throw Object.assign(new Error('no object came'), { code: answer.statusCode });
  }
  const data = await collect(answer.body, options);
  await check(data, answer.headers);
  return data;
}
