import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLruCache } from '../../local/cdn/cache.ts';
import { cdnPolicy, clientCacheControl, lifetimeOf } from '../../local/cdn/policy.ts';
import { testCdn } from './support/cdn.ts';

let rig: Awaited<ReturnType<typeof testCdn>>;
beforeAll(async () => {
  rig = await testCdn();
  await rig.put('digits', '0123456789');
});
afterAll(() => rig.close());

const ranges = [
  { range: 'bytes=2-4', status: 206, text: '234', contentRange: 'bytes 2-4/10' },
  { range: 'bytes=-2', status: 206, text: '89', contentRange: 'bytes 8-9/10' },
  { range: 'bytes=8-', status: 206, text: '89', contentRange: 'bytes 8-9/10' },
  { range: 'bytes=10-', status: 416, text: '', contentRange: 'bytes */10' },
  { range: 'bytes=0-1,4-5', status: 200, text: '0123456789', contentRange: null },
];

test.each(ranges)(
  'range $range is answered $status from the cache',
  async ({ range, status, text, contentRange }) => {
    await rig.get('/digits');
    const answer = await rig.get('/digits', { range });
    expect(answer).toMatchObject({ status, text, cache: 'hit' });
    expect(answer.header('content-range')).toBe(contentRange);
  },
);

test('a range on a miss fetches the whole object and serves the part', async () => {
  await rig.put('part-first', '0123456789');
  expect(await rig.get('/part-first', { range: 'bytes=1-2' })).toMatchObject({
    status: 206,
    cache: 'miss',
    text: '12',
  });
  expect(await rig.get('/part-first')).toMatchObject({ status: 200, cache: 'hit', text: '0123456789' });
});

test('If-Range with another ETag gets the whole object', async () => {
  const etag = (await rig.get('/digits')).header('etag') ?? '';
  expect((await rig.get('/digits', { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
  expect((await rig.get('/digits', { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
});

test('a matching ETag or date is answered 304 without a body', async () => {
  const first = await rig.get('/digits');
  const etag = first.header('etag') ?? '';
  const modified = first.header('last-modified') ?? '';
  const conditions = [
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': `"x", W/${etag}` }, 304],
    [{ 'if-none-match': '"x"' }, 200],
    [{ 'if-modified-since': modified }, 304],
    [{ 'if-none-match': '"x"', 'if-modified-since': modified }, 200],
  ] as const;
  for (const [headers, status] of conditions) {
    const answer = await rig.get('/digits', headers as unknown as Record<string, string>);
    expect([headers, answer.status]).toEqual([headers, status]);
    expect(answer.text).toBe(status === 304 ? '' : '0123456789');
  }
});

test('HEAD has the length and no body, other methods are refused', async () => {
  const head = await rig.fetch('/digits', { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  for (const method of ['POST', 'PUT', 'DELETE'])
    expect((await rig.fetch('/digits', { method })).status).toBe(405);
});

test('names with slashes, spaces and dots reach the bucket as they are, and no other bucket', async () => {
  await rig.put('a/ü b/../c.png', 'odd');
  expect((await rig.get(`/${encodeURIComponent('a/ü b/../c.png')}`)).text).toBe('odd');
  await rig.storage.client.bucket('private').create();
  await rig.storage.client.bucket('private').file('x').save('secret', { resumable: false });
  expect((await rig.get('/%2e%2e/private/x')).status).toBe(404);
});

test('a body that is too large for the cache passes through', async () => {
  const data = randomBytes(cdnPolicy.maxEntryBytes + 1);
  await rig.put('huge', data);
  const response = await rig.fetch('/huge');
  expect(response.headers.get('x-cache-status')).toBe('uncacheable');
  expect(Buffer.from(await response.arrayBuffer()).equals(data)).toBe(true);
});

test('a response that the origin cuts is 502 and is not cached', async () => {
  await rig.put('cut', 'x'.repeat(100_000));
  rig.storage.server.faults.clear();
  rig.storage.server.faults.add({ path: '^/pictures/cut', cutResponseAfterBytes: 50_000 });
  expect((await rig.get('/cut')).status).toBe(502);
  expect(await rig.get('/cut')).toMatchObject({ status: 200, cache: 'miss', text: 'x'.repeat(100_000) });
});

test('the stale copy covers a failing origin until it expires', async () => {
  const own = await testCdn();
  try {
    await own.put('kept', 'x', 'public, max-age=60, stale-while-revalidate=600');
    await own.get('/kept');
    own.tick(61);
    own.storage.server.faults.clear();
    own.storage.server.faults.add({ times: Number.POSITIVE_INFINITY, status: 503 });
    for (const _ of [1, 2])
      expect(await own.get('/kept')).toMatchObject({ status: 200, cache: 'stale', text: 'x' });
    own.tick(600);
    expect((await own.get('/kept')).status).toBe(503);
    await own.storage.server.close();
    expect((await own.get('/kept')).status).toBe(502);
    own.storage.server.faults.clear();
  } finally {
    await own.close();
  }
});

const now = Date.parse('2030-01-01T00:00:00Z');
const png = { 'content-type': 'image/png' };
const html = { 'content-type': 'text/html' };
const policies = [
  [200, png, { ttl: 10, stale: 86_400 }],
  [200, html, undefined],
  [200, { ...html, 'cache-control': 'public, max-age=5' }, { ttl: 5, stale: 86_400 }],
  [200, { ...png, 'cache-control': 'max-age=5, stale-while-revalidate=7' }, { ttl: 5, stale: 7 }],
  [200, { ...png, 'cache-control': 'max-age=5, proxy-revalidate' }, { ttl: 5, stale: 0 }],
  [200, { ...png, 'cache-control': 'S-MaxAge="9"' }, { ttl: 9, stale: 86_400 }],
  [200, { ...png, expires: 'Tue, 01 Jan 2030 00:01:00 GMT' }, { ttl: 60, stale: 86_400 }],
  [200, { ...png, expires: 'Tue, 01 Jan 2019 00:00:00 GMT' }, { ttl: 0, stale: 86_400 }],
  [200, { ...png, 'set-cookie': 'a=b' }, undefined],
  [200, { ...png, vary: 'Cookie' }, undefined],
  [200, { ...png, vary: 'Accept-Encoding' }, { ttl: 10, stale: 86_400 }],
  [404, {}, { ttl: 10, stale: 0 }],
  [404, { 'cache-control': 'private, max-age=0' }, undefined],
  [403, png, undefined],
  [500, { ...png, 'cache-control': 'max-age=60' }, undefined],
] as const;

const told = [
  [200, undefined, 'public, max-age=10'],
  [200, 'public, max-age=300', 'public, max-age=300'],
  [200, 'public, max-age=31536000, immutable', 'public, max-age=3600, immutable'],
  [404, undefined, 'public, max-age=10'],
  [404, 'public, max-age=3600', 'public, max-age=10'],
  [410, undefined, 'public, max-age=0'],
  [410, 'max-age=3600', 'max-age=0'],
  [503, undefined, 'public, max-age=0'],
] as const;
test.each(told)('clients get for status %i with Cache-Control %p the header %p', (status, header, text) => {
  expect(clientCacheControl(status, header)).toBe(text);
});

test('an output that is requested before it is done is available ten seconds later', async () => {
  const early = await rig.get('/early.webp');
  expect([early.status, early.header('cache-control')]).toEqual([404, 'public, max-age=10']);
  await rig.put('early.webp', 'done');
  rig.tick(10);
  expect(await rig.get('/early.webp')).toMatchObject({ status: 200, text: 'done' });
});

test.each(policies)('status %i with %j may be kept for %j', (status, headers, lifetime) => {
  expect(lifetimeOf(status, headers, now)).toEqual(lifetime);
});

test('the cache forgets the least recently used entry when it is full', () => {
  const cache = createLruCache(5000);
  const entry = {
    status: 200,
    headers: {},
    body: Buffer.alloc(1000),
    storedAt: 0,
    lifetime: { ttl: 1, stale: 0 },
  };
  for (const key of ['a', 'b', 'c']) cache.set(key, entry);
  cache.get('a');
  cache.set('d', entry);
  cache.set('e', entry);
  expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.get(key) !== undefined)).toEqual([
    'a',
    'c',
    'd',
    'e',
  ]);
  cache.set('f', { ...entry, body: Buffer.alloc(3500) });
  expect(['a', 'c', 'd', 'e', 'f'].filter((key) => cache.get(key) !== undefined)).toEqual(['e', 'f']);
});
