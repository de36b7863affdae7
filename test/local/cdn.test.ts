import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testCdn } from './support/cdn.ts';

let rig: Awaited<ReturnType<typeof testCdn>>;
beforeAll(async () => {
  rig = await testCdn({ httpPort: 0, keyParams: ['v'] });
});
afterAll(() => rig.close());

const ok = { status: 200 };

test('a first request misses without Age, the second hits with it, on HTTPS and HTTP alike', async () => {
  await rig.put('a.png', 'one');
  expect(await rig.get('/a.png')).toMatchObject({ ...ok, cache: 'miss', age: null, text: 'one' });
  rig.tick(10);
  expect(await rig.get('/a.png')).toMatchObject({ ...ok, cache: 'hit', age: '10', text: 'one' });
  const plain = await fetch(`${rig.cdn.httpUrl}/a.png`);
  expect([plain.headers.get('x-cache-status'), await plain.text()]).toEqual(['hit', 'one']);
});

test('a cached object is served after its deletion', async () => {
  await rig.put('gone.png', 'still here');
  await rig.get('/gone.png');
  await rig.storage.bucket.file('gone.png').delete();
  expect(await rig.get('/gone.png')).toMatchObject({ ...ok, cache: 'hit', text: 'still here' });
});

const lifetimes = [
  { name: 'none', cacheControl: undefined, ttl: 3600, client: 'public, max-age=3600' },
  { name: 'short', cacheControl: 'public, max-age=60', ttl: 60, client: 'public, max-age=60' },
  { name: 'shared', cacheControl: 'max-age=10, s-maxage=100', ttl: 100, client: 'max-age=10, s-maxage=100' },
  { name: 'long', cacheControl: 'public, max-age=7200', ttl: 7200, client: 'public, max-age=3600' },
  {
    name: 'longest',
    cacheControl: 'public, max-age=31536000, immutable',
    ttl: 86_400,
    client: 'public, max-age=3600, immutable',
  },
];

test.each(lifetimes)(
  'cache header $cacheControl is fresh for $ttl s',
  async ({ name, cacheControl, ttl, client }) => {
    await rig.put(name, 'x', cacheControl);
    expect((await rig.get(`/${name}`)).header('cache-control')).toBe(client);
    rig.tick(ttl - 1);
    expect(await rig.get(`/${name}`)).toMatchObject({ cache: 'hit', age: String(ttl - 1) });
    rig.tick(1);
    expect(await rig.get(`/${name}`)).toMatchObject({ cache: 'stale', age: String(ttl) });
  },
);

test.each(['private', 'no-store', 'no-cache', 'private, max-age=60'])(
  '%s is never cached',
  async (cacheControl) => {
    await rig.put('secret', 'one', cacheControl);
    expect(await rig.get('/secret')).toMatchObject({ ...ok, cache: 'uncacheable', age: null, text: 'one' });
    await rig.put('secret', 'two', cacheControl);
    const again = await rig.get('/secret');
    expect(again).toMatchObject({ ...ok, cache: 'uncacheable', text: 'two' });
    expect(again.header('cache-control')).toBe(cacheControl);
  },
);

test('a stale response is served at once and refreshed in the background', async () => {
  await rig.put('swr', 'old', 'public, max-age=300, stale-while-revalidate=86400');
  await rig.get('/swr');
  await rig.put('swr', 'new', 'public, max-age=300, stale-while-revalidate=86400');
  rig.tick(301);
  expect(await rig.get('/swr')).toMatchObject({ ...ok, cache: 'stale', text: 'old', age: '301' });
  let answer = await rig.get('/swr');
  while (answer.cache === 'stale') answer = await rig.get('/swr');
  expect(answer).toMatchObject({ ...ok, cache: 'hit', text: 'new', age: '0' });
});

test('an expired answer is revalidated with its ETag, and replaced when the object changed', async () => {
  await rig.put('strict', 'old', 'public, max-age=60, must-revalidate');
  await rig.get('/strict');
  rig.tick(61);
  expect(await rig.get('/strict')).toMatchObject({ ...ok, cache: 'revalidated', text: 'old', age: null });
  expect(await rig.get('/strict')).toMatchObject({ cache: 'hit', age: '0' });
  await rig.put('strict', 'new', 'public, max-age=60, must-revalidate');
  rig.tick(61);
  expect(await rig.get('/strict')).toMatchObject({ ...ok, cache: 'miss', text: 'new' });
});

test('a 404 is remembered for 10 seconds and no longer', async () => {
  expect(await rig.get('/later.png')).toMatchObject({ status: 404, cache: 'miss' });
  await rig.put('later.png', 'here');
  rig.tick(9);
  expect(await rig.get('/later.png')).toMatchObject({ status: 404, cache: 'hit', age: '9' });
  rig.tick(1);
  expect(await rig.get('/later.png')).toMatchObject({ ...ok, cache: 'miss', text: 'here' });
});

test('simultaneous misses of one URL are one fetch', async () => {
  await rig.put('popular', 'x');
  const before = rig.originCalls();
  rig.storage.server.faults.clear();
  rig.storage.server.faults.add({ path: '^/pictures/', times: Number.POSITIVE_INFINITY, delayMs: 200 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => rig.get('/popular')));
  expect(answers.map(({ text }) => text)).toEqual(Array(20).fill('x'));
  expect(before).toBeGreaterThan(0);
  expect(rig.originCalls()).toBe(1);
});

test('simultaneous requests for an uncacheable object all get a response', async () => {
  await rig.put('popular-secret', 'mine', 'private');
  const answers = await Promise.all(Array.from({ length: 5 }, () => rig.get('/popular-secret')));
  expect(answers.map(({ cache, text }) => `${cache} ${text}`)).toEqual(Array(5).fill('uncacheable mine'));
});

test('the cache key has only the configured parameters of the query string', async () => {
  await rig.put('keyed', 'one');
  await rig.get('/keyed');
  expect(await rig.get('/keyed?utm=1')).toMatchObject({ cache: 'hit' });
  await rig.put('keyed', 'two');
  expect(await rig.get('/keyed?v=2')).toMatchObject({ cache: 'miss', text: 'two' });
  expect(await rig.get('/keyed?v=2&w=3')).toMatchObject({ cache: 'hit', text: 'two' });
  expect(await rig.get('/keyed')).toMatchObject({ cache: 'hit', text: 'one' });
});
