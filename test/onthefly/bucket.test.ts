import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import { limitedToUrl } from '../../convert_stream/guards/cache_header.ts';
import { readQuery } from '../../convert_stream/http/query.ts';
import { testStorage } from '../support/storage.ts';
import { closeAtEnd, get, picture, type Server, sizeOf, startServer } from './setup.ts';

let server: Server;
let storage: Awaited<ReturnType<typeof testStorage>>;
beforeAll(async () => {
  storage = closeAtEnd(await testStorage('pictures'));
  const save = async (name: string, data: Buffer | string) =>
    await storage.bucket
      .file(name)
      .save(data, { resumable: false, metadata: { cacheControl: 'public, max-age=77' } });
  await save('site/tree.png', await picture());
  await save('site/deep/tree.png', await picture(80, 20));
  await save('site/notes.txt', 'nothing to see');
  await save('secret.png', await picture());
  const packed = gzipSync(await picture());
  const options = { resumable: false, metadata: { contentEncoding: 'gzip' } };
  await storage.bucket.file('site/packed.png').save(packed, options);
  await storage.bucket
    .file('site/kept.png')
    .save(packed, { ...options, metadata: { ...options.metadata, cacheControl: 'no-transform' } });
  server = await startServer(['-mount', 'gs://pictures/site'], { STORAGE_EMULATOR_HOST: storage.server.url });
});

test.each([
  ['/info?file=tree.png', 200],
  ['/resize?width=20&file=/tree.png', 200],
  ['/resize?width=20&file=deep/tree.png', 200],
  ['/images/deep/tree.png?w=20', 200],
  ['/resize?width=20&file=nothing.png', 404],
  ['/resize?width=20&file=secret.png', 404],
  ['/resize?width=20&file=../secret.png', 404],
  ['/resize?width=20&file=packed.png', 200],
  ['/resize?width=20&file=kept.png', 200],
  ['/images/notes.txt', 406],
  ['/images/', 404],
])('a mounted bucket answers %s with %d', async (path, status) => {
  expect((await get(server.url, path)).status).toBe(status);
});

test('an answer has the cache header of its object and an ETag of its generation', async () => {
  const path = '/images/tree.png?w=30';
  const first = await get(server.url, path);
  expect(first.headers['cache-control']).toBe('public, max-age=77');
  expect(await sizeOf(first)).toEqual({ format: 'png', width: 30, height: 20 });
  const tag = String(first.headers.etag);
  const again = await get(server.url, path, { 'if-none-match': tag });
  expect([again.status, again.headers['cache-control'], again.body.length]).toEqual([
    304,
    'public, max-age=77',
    0,
  ]);

  await storage.bucket.file('site/tree.png').save(await picture(90, 60), { resumable: false });
  const changed = await get(server.url, path, { 'if-none-match': tag });
  expect([changed.status, changed.headers.etag === tag]).toEqual([200, false]);
});

test.each([
  ['public, max-age=77', 3600, 'public, max-age=77'],
  ['public, max-age=7700', 100, 'public, max-age=100'],
  [
    'public, s-maxage="7700", max-age=30, stale-while-revalidate=86400',
    100,
    'public, s-maxage=100, max-age=30',
  ],
  ['public, max-age=31536000, immutable', 100, 'public, max-age=100'],
  ['private, no-store', 100, 'private, no-store'],
])('an object with %s is cached until its URL expires in %d s: %s', (header, left, expected) => {
  const query = readQuery(`expires=${1000 + left}`);
  expect(limitedToUrl(header, { query }, 1_000_000)).toBe(expected);
});

test('an answer is cached no longer than its URL is valid', async () => {
  const past = await get(server.url, '/images/deep/tree.png?w=30&expires=1');
  expect(past.headers['cache-control']).toBe('public, max-age=0');
});

test('without a size the answer is the object as it is', async () => {
  const [original] = await storage.bucket.file('site/deep/tree.png').download();
  expect((await get(server.url, '/images/deep/tree.png')).body).toEqual(original);
});
