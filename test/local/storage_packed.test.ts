import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testStorage } from '../support/storage.ts';

let storage: Awaited<ReturnType<typeof testStorage>>;
beforeAll(async () => {
  storage = await testStorage();
});
afterAll(() => storage.close());

const plain = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'.repeat(50));
const packed = gzipSync(plain);

/** A request whose headers are only those that are given. */
async function send(path: string, headers: Record<string, string> = {}, method = 'GET', body?: Buffer) {
  const { hostname, port } = new URL(storage.server.url);
  const options = { hostname, port, path, method, headers };
  return await new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const req = request(options, async (res) =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: await buffer(res) }),
      );
      req.once('error', reject).end(body);
    },
  );
}

const uploadPath = (query: string) => `/upload/storage/v1/b/${storage.bucket.name}/o?${query}`;
const inFlight = { 'content-encoding': 'gzip' };
const jsonType = { 'content-type': 'application/json' };

test('bodies that clients compress for the transfer are stored decompressed, by every kind of upload', async () => {
  const related = (body: Buffer, name: string) =>
    Buffer.concat([
      Buffer.from(`--b\r\ncontent-type: application/json\r\n\r\n{"name":"${name}"}\r\n--b\r\n\r\n`),
      body,
      Buffer.from('\r\n--b--\r\n'),
    ]);
  const start = await send(
    uploadPath('uploadType=resumable'),
    { ...inFlight, ...jsonType },
    'POST',
    gzipSync('{"name":"resumable"}'),
  );
  const session = new URL(String(start.headers.location));
  const answers = [
    await send(uploadPath('uploadType=media&name=media'), inFlight, 'POST', packed),
    await send(
      uploadPath('uploadType=multipart'),
      { ...inFlight, 'content-type': 'multipart/related; boundary=b' },
      'POST',
      gzipSync(related(plain, 'multipart')),
    ),
    await send(session.pathname + session.search, inFlight, 'PUT', packed),
    await send(
      `/storage/v1/b/${storage.bucket.name}/o/media`,
      { ...inFlight, ...jsonType },
      'PATCH',
      gzipSync('{"metadata":{"a":"b"}}'),
    ),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  for (const name of ['media', 'multipart', 'resumable']) {
    const [bytes] = await storage.bucket.file(name).download();
    expect([name, bytes.equals(plain)]).toEqual([name, true]);
    expect((await storage.bucket.file(name).getMetadata())[0].contentEncoding).toBeUndefined();
  }
  expect((await storage.bucket.file('media').getMetadata())[0].metadata).toEqual({ a: 'b' });
});

test.each(['multipart', 'media'])('a %s body that is not the gzip it claims to be is 400', async (kind) => {
  const path = uploadPath(`uploadType=${kind}&name=broken`);
  const headers = { ...inFlight, 'content-type': 'multipart/related; boundary=b' };
  expect((await send(path, headers, 'POST', Buffer.from('no gzip'))).status).toBe(400);
  expect((await storage.bucket.file('broken').exists())[0]).toBe(false);
});

test('the client library saves with gzip and reads its objects', async () => {
  const file = storage.bucket.file('saved.svg');
  await file.save(plain, { resumable: false, gzip: true });
  expect((await file.getMetadata())[0]).toMatchObject({ contentEncoding: 'gzip' });
  expect((await file.download())[0].equals(plain)).toBe(true);
  expect((await file.download({ decompress: false }))[0].subarray(0, 2)).toEqual(Buffer.of(0x1f, 0x8b));
});

test('a PUT by URL keeps its Content-Encoding with the object', async () => {
  const path = `/${storage.bucket.name}/put.svg`;
  expect((await send(path, inFlight, 'PUT', packed)).status).toBe(200);
  expect((await storage.bucket.file('put.svg').getMetadata())[0].contentEncoding).toBe('gzip');
});

/** As Google documents it: cloud.google.com/storage/docs/transcoding. */
const reads = [
  ['', {}, 'plain'],
  ['', { 'accept-encoding': 'gzip' }, 'packed'],
  ['', { 'accept-encoding': 'br, GZIP;q=0.5' }, 'packed'],
  ['', { 'accept-encoding': 'gzip;q=0' }, 'plain'],
  ['', { 'accept-encoding': 'identity' }, 'plain'],
  ['', { range: 'bytes=0-9' }, 'plain'],
  ['no-transform', {}, 'packed'],
  ['public, max-age=9, no-transform', { 'accept-encoding': 'identity' }, 'packed'],
] as const;
test.each(reads)(
  'an object of gzip with Cache-Control %p is read with %p %s',
  async (cacheControl, headers, form) => {
    const file = storage.bucket.file('t.svg');
    const metadata = {
      contentEncoding: 'gzip',
      contentType: 'image/svg+xml',
      ...(cacheControl && { cacheControl }),
    };
    await file.save(packed, { resumable: false, metadata });
    const paths = [`/storage/v1/b/${storage.bucket.name}/o/t.svg?alt=media`, `/${storage.bucket.name}/t.svg`];
    for (const path of paths) {
      const answer = await send(path, headers);
      expect([answer.status, answer.body.equals(form === 'plain' ? plain : packed)]).toEqual([200, true]);
      expect(answer.headers['content-encoding']).toBe(form === 'plain' ? undefined : 'gzip');
      expect(answer.headers['x-goog-stored-content-encoding']).toBe('gzip');
      expect(answer.headers['content-length']).toBe(form === 'plain' ? undefined : String(packed.length));
    }
  },
);
