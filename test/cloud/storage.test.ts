import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Storage } from '@google-cloud/storage';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { OAuth2Client } from 'google-auth-library';
import { readMedia } from '../../cloud/media.ts';
import { createObjectStore, type ObjectInfo, type ObjectStore } from '../../cloud/storage.ts';
import { createLookUp } from '../../common/dns/lookup.ts';
import type { Fault } from '../../local/kit/faults.ts';
import { startStorage } from '../../local/storage/server.ts';
import { inFolder } from '../support/folder.ts';
import { startNameServer } from '../support/name_server.ts';
import { until } from '../support/until.ts';

const bucket = 'pictures';
let store: ObjectStore;
let server: Awaited<ReturnType<typeof startStorage>>;
const ended = Promise.withResolvers<void>();
let folder: Promise<void>;

beforeAll(async () => {
  const started = Promise.withResolvers<void>();
  folder = inFolder(async (dir) => {
    server = await startStorage({ dir, port: 0, buckets: [bucket] });
    store = createObjectStore({ projectId: 'local-dev', endpoint: server.url, retryDelaysMs: [1, 2] });
    started.resolve();
    await ended.promise;
    await server.close();
  });
  await started.promise;
});
afterEach(() => server.faults.clear());
afterAll(async () => {
  ended.resolve();
  await folder;
});

const put = (name: string, text: string, ifGeneration?: string) =>
  store.write({
    bucket,
    name,
    data: Buffer.from(text),
    contentType: 'text/plain',
    metadata: { by: 'test' },
    ...(ifGeneration === undefined ? {} : { ifGeneration }),
  });
const text = async (name: string, generation?: string) =>
  String(await store.read({ bucket, name, ...(generation ? { generation } : {}) }));

async function listed(prefix: string): Promise<readonly { name: string; info: ObjectInfo }[]> {
  const found: { name: string; info: ObjectInfo }[] = [];
  for await (const object of store.list(bucket, prefix)) found.push(object);
  return found;
}

test('a written object is read with its attributes, and is gone after its removal', async () => {
  const name = 'größe/a b&c?.txt';
  const generation = await store.write({
    bucket,
    name,
    data: Buffer.from('hello'),
    contentType: 'text/plain',
    cacheControl: 'no-store',
    metadata: { 'source-name': 'ä' },
  });
  expect(await text(name)).toBe('hello');
  expect(await store.stat({ bucket, name })).toEqual({
    generation,
    bytes: 5,
    contentType: 'text/plain',
    cacheControl: 'no-store',
    metadata: { 'source-name': 'ä' },
  });
  await store.remove({ bucket, name });
  expect(await store.stat({ bucket, name })).toBeUndefined();
  await store.remove({ bucket, name });
});

test('a superseded generation is not found', async () => {
  const old = await put('twice', 'old');
  const now = await put('twice', 'new');
  await expect(text('twice', old)).rejects.toMatchObject({ code: 'not_found' });
  expect(await store.stat({ bucket, name: 'twice', generation: old })).toBeUndefined();
  expect(await text('twice', now)).toBe('new');
});

test('writing and removing respect the precondition of a generation', async () => {
  const first = await put('seen', 'first', '0');
  await expect(put('seen', 'again', '0')).rejects.toMatchObject({ code: 'superseded' });
  await put('seen', 'second', first);
  await expect(put('seen', 'third', first)).rejects.toMatchObject({ code: 'superseded' });
  await expect(store.remove({ bucket, name: 'seen', generation: first })).rejects.toMatchObject({
    code: 'superseded',
  });
  expect(await text('seen')).toBe('second');
});

test('a prefix is listed page by page, with attributes', async () => {
  for (const id of [1, 2, 3]) await put(`many/${id}`, 'x'.repeat(id));
  const seen = await listed('many/');
  expect(seen.map(({ name, info }) => [name, info.bytes])).toEqual([
    ['many/1', 1],
    ['many/2', 2],
    ['many/3', 3],
  ]);
});

const typeOf = ({ headers }: IncomingMessage) => ({ 'content-type': headers['content-type'] ?? '' });

/** A server in front of storage that changes bytes on both ways, and headers on the way back. */
async function throughChanging(
  change: (headers: Record<string, string>, body: Buffer) => Buffer,
  work: (store: ObjectStore) => Promise<void>,
): Promise<void> {
  const front = createServer(async (req, res) => {
    const sent = req.method === 'POST' ? { body: change({}, await buffer(req)), headers: typeOf(req) } : {};
    const answer = await fetch(`${server.url}${req.url}`, { method: req.method ?? 'GET', ...sent });
    const headers = Object.fromEntries(answer.headers);
    const body = change(headers, Buffer.from(await answer.arrayBuffer()));
    res.writeHead(answer.status, headers).end(body);
  });
  await once(front.listen(0, '127.0.0.1'), 'listening');
  const { port } = front.address() as AddressInfo;
  try {
    const endpoint = `http://127.0.0.1:${port}`;
    await work(createObjectStore({ projectId: 'local-dev', endpoint, retryDelaysMs: [1] }));
  } finally {
    front.closeAllConnections();
    front.close();
  }
}

const withoutMd5 = (headers: Record<string, string>, body: Buffer): Buffer => {
  headers['x-goog-hash'] = headers['x-goog-hash']?.replace(/,md5=.*/, '') ?? '';
  return body;
};
const damaged = (body: Buffer): Buffer => Buffer.from(body.toString().replace('h', 'j'));

test('a composite object, which has no MD5, is read by its CRC32C', async () => {
  await put('composite', 'hello');
  await throughChanging(withoutMd5, async (store) => {
    expect(String(await store.read({ bucket, name: 'composite' }))).toBe('hello');
  });
});

test('bytes that were changed in a download are detected', async () => {
  await put('damaged', 'hello');
  await throughChanging(
    (_, body) => damaged(body),
    async (store) => {
      const reading = store.read({ bucket, name: 'damaged' });
      await expect(reading).rejects.toMatchObject({ code: 'storage_unavailable' });
    },
  );
});

test('bytes that were changed in an upload do not become an object', async () => {
  const swap = (_: unknown, body: Buffer): Buffer => Buffer.from(String(body).replace('my text', 'no text'));
  await throughChanging(swap, async (store) => {
    const writing = store.write({
      bucket,
      name: 'swapped',
      data: Buffer.from('my text'),
      contentType: 'a/b',
    });
    await expect(writing).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
  expect(await store.stat({ bucket, name: 'swapped' })).toBeUndefined();
});

test('an object over the limit is refused while it arrives', async () => {
  await put('big', 'x'.repeat(1_000_000));
  const reading = store.read({ bucket, name: 'big' }, { maxBytes: 1000 });
  await expect(reading).rejects.toMatchObject({ code: 'too_large' });
});

test('an aborted read ends at once, before and during the response', async () => {
  await put('slow', 'x');
  server.faults.add({ path: 'alt=media', delayMs: 1000 });
  const controller = new AbortController();
  const { signal } = controller;
  const reading = store.read({ bucket, name: 'slow' }, { signal });
  await until(() => server.faults.list()[0]?.hits === 1);
  controller.abort();
  await expect(reading).rejects.toMatchObject({ code: 'storage_unavailable' });
  await expect(store.read({ bucket, name: 'slow' }, { signal })).rejects.toMatchObject({
    code: 'storage_unavailable',
  });
  expect(await text('slow')).toBe('x');
});

const passing: readonly [what: string, fault: Fault][] = [
  ['503', { status: 503 }],
  ['429', { status: 429 }],
  ['a lost request', { cutRequestAfterBytes: 0 }],
  ['a lost answer', { cutResponseAfterBytes: 0 }],
  ['an answer cut off', { cutResponseAfterBytes: 600 }],
];

test.each(passing)('%s passes unnoticed: reading, writing, removing, listing', async (what, fault) => {
  const name = `passing/${what}`;
  await put('passing', 'x'.repeat(5000));
  const struck = async <T>(match: Fault, work: () => Promise<T>): Promise<T> => {
    server.faults.clear();
    server.faults.add({ ...fault, ...match, times: 2 });
    return await work();
  };
  expect(await struck({ path: 'alt=media' }, () => text('passing'))).toHaveLength(5000);
  const generation = await struck({ method: 'POST' }, () => put(name, 'once', '0'));
  expect((await struck({ method: 'GET' }, () => store.stat({ bucket, name })))?.generation).toBe(generation);
  expect(await struck({}, () => listed(name))).toHaveLength(1);
  await struck({ method: 'DELETE' }, () => store.remove({ bucket, name, generation }));
  server.faults.clear();
  expect(await store.stat({ bucket, name })).toBeUndefined();
});

test.each(passing)('endless %s is storage_unavailable, and nothing else fails', async (_, fault) => {
  await put('down', 'x'.repeat(5000));
  server.faults.add({ ...fault, times: 100 });
  const calls = [
    store.read({ bucket, name: 'down' }),
    store.stat({ bucket, name: 'down' }),
    put('down', 'y'),
    store.remove({ bucket, name: 'other' }),
    listed(''),
  ];
  for (const outcome of await Promise.allSettled(calls)) {
    // A deletion that was carried out although its answer was lost is found done when repeated.
    if (outcome.status === 'fulfilled') expect(fault.cutResponseAfterBytes).toBeDefined();
    else expect(outcome.reason).toMatchObject({ code: 'storage_unavailable', status: 503, retry: true });
  }
});

test('a read carries the token that the client’s other calls carry', async () => {
  const seen: (string | undefined)[] = [];
  const front = createServer((req, res) => {
    seen.push(`${req.url} ${req.headers.authorization}`);
    res.writeHead(404).end();
  });
  await once(front.listen(0, '127.0.0.1'), 'listening');
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'token-of-ours', expiry_date: Date.now() + 3_600_000 });
  const apiEndpoint = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const useAuthWithCustomEndpoint = true;
  const client = new Storage({ projectId: 'p', apiEndpoint, authClient, useAuthWithCustomEndpoint });
  const options = { what: 'x', signal: AbortSignal.timeout(5000), idleMs: 5000, maxBytes: 1000 };
  const reading = readMedia(client, { bucket, name: 'a b/ö', generation: '1234567890123456789' }, options);
  await expect(reading).rejects.toMatchObject({ code: 404 });
  front.closeAllConnections();
  front.close();
  expect(seen).toEqual([
    '/storage/v1/b/pictures/o/a%20b%2F%C3%B6?alt=media&generation=1234567890123456789 Bearer token-of-ours',
  ]);
});

test('a missing bucket is not found', async () => {
  const writing = store.write({ bucket: 'none', name: 'x', data: Buffer.from('x'), contentType: 'a/b' });
  await expect(writing).rejects.toMatchObject({ code: 'not_found' });
  await expect(store.read({ bucket: 'none', name: 'x' })).rejects.toMatchObject({ code: 'not_found' });
});

test('a refusal is ours to mend, so it can be retried', async () => {
  server.faults.add({ status: 403, times: 1 });
  await expect(store.read({ bucket, name: 'x' })).rejects.toMatchObject({ code: 'internal', retry: true });
});

test.each(['', '.', '..'])('no call is made for the name %j, which cannot be an object', async (name) => {
  server.faults.add({ status: 500, times: 1000 });
  expect(await store.stat({ bucket, name })).toBeUndefined();
  for (const call of [store.read({ bucket, name }), store.remove({ bucket, name }), put(name, 'x')])
    await expect(call).rejects.toMatchObject({ code: 'not_found' });
  expect(server.faults.list()[0]?.hits).toBe(0);
});

const packed = gzipSync(Buffer.from('a picture'));
const encodings = [
  ['gzip', undefined, packed],
  ['gzip', 'no-transform', packed],
  ['gzip', 'public, max-age=60, no-transform', packed],
  ['br', undefined, brotliCompressSync(Buffer.from('a picture'))],
  ['gzip, gzip', 'no-transform', gzipSync(packed)],
] as const;
test.each(encodings)(
  'an object stored with Content-Encoding %s and Cache-Control %p is read unpacked',
  async (contentEncoding, cacheControl, bytes) => {
    const file = new Storage({ apiEndpoint: server.url, projectId: 'local-dev' })
      .bucket(bucket)
      .file('packed.png');
    const metadata = { contentEncoding, ...(cacheControl ? { cacheControl } : {}) };
    await file.save(bytes, { resumable: false, metadata });
    let reserved = 0;
    const reserve = (size: number): void => {
      reserved += size;
    };
    const read = await store.read({ bucket, name: 'packed.png' }, { reserve });
    expect(read.toString()).toBe('a picture');
    expect(reserved).toBeGreaterThanOrEqual(bytes.length + read.length);
  },
);

test('an object that unpacks to more than the limit is too large, and one that cannot be unpacked is corrupt', async () => {
  const files = new Storage({ apiEndpoint: server.url, projectId: 'local-dev' }).bucket(bucket);
  const save = (name: string, bytes: Buffer) =>
    files.file(name).save(bytes, {
      resumable: false,
      metadata: { contentEncoding: 'gzip', cacheControl: 'no-transform' },
    });
  await save('bomb', gzipSync(Buffer.alloc(5_000_000)));
  await save('no-gzip', Buffer.from('not packed at all'));
  await save('cut', packed.subarray(0, -3));
  const codeOf = (name: string) =>
    store.read({ bucket, name }, { maxBytes: 1_000_000 }).catch(({ code }) => code);
  expect(await Promise.all(['bomb', 'no-gzip', 'cut'].map(codeOf))).toEqual([
    'too_large',
    'corrupt_image',
    'corrupt_image',
  ]);
});

test('changed bytes of a compressed object are refused', async () => {
  const origin = createServer((_req, res) =>
    res
      .writeHead(200, {
        'content-encoding': 'gzip',
        'x-goog-stored-content-encoding': 'gzip',
        'x-goog-hash': 'crc32c=AAAAAA==',
      })
      .end(packed),
  );
  await once(origin.listen(0, '127.0.0.1'), 'listening');
  const { port } = origin.address() as AddressInfo;
  const changed = createObjectStore({
    projectId: 'local-dev',
    endpoint: `http://127.0.0.1:${port}`,
    retryDelaysMs: [],
  });
  await expect(changed.read({ bucket, name: 'x' })).rejects.toMatchObject({ code: 'storage_unavailable' });
  origin.closeAllConnections();
  origin.close();
});

test('a name server that is silent ends a call with its signal, and names are found without getaddrinfo', async () => {
  const names = await startNameServer((name, family) =>
    name.startsWith('silent') ? undefined : family === 4 ? ['127.0.0.1'] : [],
  );
  const lookUp = createLookUp({ timeoutMs: 2_000, servers: [names.address] });
  const { port } = new URL(server.url);
  const at = (host: string) =>
    createObjectStore({
      projectId: 'local-dev',
      endpoint: `http://${host}:${port}`,
      retryDelaysMs: [],
      lookUp,
    });
  await put('by-name', 'found');
  expect(String(await at('storage.example').read({ bucket, name: 'by-name' }))).toBe('found');
  const controller = new AbortController();
  const read = at('silent.example').read({ bucket, name: 'by-name' }, { signal: controller.signal });
  while (!names.asked.some((one) => one.startsWith('silent'))) await put('by-name', 'again');
  controller.abort();
  await expect(read).rejects.toMatchObject({ code: 'storage_unavailable' });
  names.close();
});
