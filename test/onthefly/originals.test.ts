import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createOriginals } from '../../convert_stream/onthefly/results/originals.ts';
import type { Fetched } from '../../convert_stream/onthefly/sources/remote/fetch.ts';
import { ran } from '../cli/support/world.ts';
import { startTestService, type TestService } from '../inline/setup.ts';
import { get, picture, sizeOf } from './setup.ts';

let results: string;
let origin: Server;
let base: string;
let asked: IncomingHttpHeaders[];
let answer: Readonly<Record<string, string>>;
let image: Buffer;
const open: TestService[] = [];

beforeEach(async () => {
  results = await mkdtemp(join(tmpdir(), 'originals-'));
  image = await picture(60, 40);
  asked = [];
  answer = { etag: '"one"' };
  origin = createServer(({ headers }, res) => {
    asked.push(headers);
    const isSame = headers['if-none-match'] === answer.etag && answer.etag !== undefined;
    res.writeHead(isSame ? 304 : 200, answer).end(isSame ? undefined : image);
  });
  await new Promise<void>((resolve) => void origin.listen(0, '127.0.0.1', () => resolve()));
  base = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((service) => service.close()));
  origin.closeAllConnections();
  origin.close();
  await rm(results, { recursive: true });
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<TestService> {
  const service = await startTestService({
    ENABLE_URL_SOURCE: 'true',
    ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
    RESULTS: results,
    SOURCES_TTL: '3600',
    ...env,
  });
  open.push(service);
  return service;
}

const ask = async (
  { url }: TestService,
  width: number,
  { path = 'a.png', headers = {} }: { path?: string; headers?: Readonly<Record<string, string>> } = {},
) => await get(url, `/resize?width=${width}&url=${base}/${path}`, headers);

test('ten sizes of a remote picture fetch it once', async () => {
  const service = await start();
  for (let width = 1; width <= 10; width += 1) expect((await ask(service, width)).status).toBe(200);
  expect(asked).toHaveLength(1);
});

test('ten sizes at once fetch it once too, and each of them is its own size', async () => {
  const service = await start();
  const widths = Array.from({ length: 10 }, (_, at) => at + 1);
  const answers = await Promise.all(widths.map((width) => ask(service, width)));
  const sizes = await Promise.all(answers.map(sizeOf));
  expect(sizes.map(({ width }) => width)).toEqual(widths);
  expect(asked).toHaveLength(1);
});

test('a fetch goes on while one of its clients is there', async () => {
  const arrived = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  origin.removeAllListeners('request').on('request', async ({ headers }, res) => {
    asked.push(headers);
    arrived.resolve();
    await go.promise;
    res.end(image);
  });
  const service = await start();
  const leaves = new AbortController();
  const left = fetch(`${service.url}/resize?width=1&url=${base}/a.png`, { signal: leaves.signal });
  const refused = expect(left).rejects.toThrow();
  await arrived.promise;
  const stays = ask(service, 2);
  leaves.abort();
  await refused;
  go.resolve();
  expect((await stays).status).toBe(200);
});

test.each(['no-store', 'private, max-age=60'])(
  'a picture that its server sends with %s is not kept',
  async (control) => {
    answer = { 'cache-control': control };
    const service = await start();
    await ask(service, 1);
    const second = await ask(service, 2);
    expect(asked).toHaveLength(2);
    // Nor is anything that is made from it.
    expect(second.headers['x-cache']).toBeUndefined();
    expect(globSync('**/*', { cwd: results, withFileTypes: true }).filter((one) => one.isFile())).toEqual([]);
  },
);

test('what a header of a client opens is neither kept nor shown to others', async () => {
  const service = await start({ FORWARD_HEADERS: 'X-Token' });
  const headers = { 'x-token': 'secret' };
  const first = await ask(service, 1, { headers });
  expect(first.headers['x-cache']).toBeUndefined();
  await ask(service, 1, { headers });
  await ask(service, 1);
  expect(asked.map((one) => one['x-token'])).toEqual(['secret', 'secret', undefined]);
});

test('a kept picture whose origin is no longer allowed is refused', async () => {
  await ask(await start(), 1);
  const later = await ask(await start({ ALLOWED_ORIGINS: 'https://example.org' }), 1);
  expect(later.status).toBe(400);
  expect(asked).toHaveLength(1);
});

const fetched = (bytes: string, more: Partial<Fetched> = {}): Fetched => ({
  bytes: Buffer.from(bytes),
  tag: undefined,
  ...more,
});

/** Originals that are kept for up to 100 seconds, with a clock and a server that the test sets. */
function originalsOf(first: Fetched) {
  const entries = new Map<string, unknown>();
  const keeper = {
    get: async (name: string) => entries.get(name) as never,
    put: (name: string, entry: unknown) => void entries.set(name, entry),
    idle: async () => {},
  };
  const world = { nowMs: 0, server: first, conditions: [] as unknown[] };
  const originals = createOriginals(keeper, { ttlMs: 100_000, settings: '', now: () => world.nowMs });
  const find = async () =>
    await originals.find('url x', {
      fetch: async (given) => {
        world.conditions.push(given);
        return world.server;
      },
      versionOf: ({ bytes }) => `v-${bytes}`,
      reserve: () => {},
    });
  return { world, find };
}

test('after its time a kept original is asked for with its validators, and used on when it has not changed', async () => {
  const { world, find } = originalsOf(fetched('old', { etag: 'W/"1"', lastModified: 'Sun' }));
  expect(await find()).toMatchObject({ version: 'v-old' });
  world.nowMs = 99_999;
  await find();
  expect(world.conditions).toEqual([{}]);
  world.nowMs = 100_000;
  world.server = fetched('', { isUnchanged: true });
  expect(await find()).toMatchObject({ bytes: Buffer.from('old'), version: 'v-old' });
  expect(world.conditions[1]).toEqual({ 'if-none-match': 'W/"1"', 'if-modified-since': 'Sun' });
  world.nowMs = 199_999;
  await find();
  expect(world.conditions).toHaveLength(2);
  world.nowMs = 200_000;
  world.server = fetched('new');
  expect(await find()).toMatchObject({ version: 'v-new' });
});

const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
const inAMinute = 'Sun, 06 Nov 1994 08:50:37 GMT';

test.each<[headers: Partial<Fetched>, freshSeconds: number]>([
  [{}, 100],
  [{ cacheControl: 'public' }, 100],
  [{ cacheControl: 'max-age=3600' }, 100],
  [{ cacheControl: 'Max-Age=10' }, 10],
  [{ cacheControl: 'max-age="10"' }, 10],
  [{ cacheControl: 'max-age=50, s-maxage=10' }, 10],
  [{ cacheControl: 'max-age=50', age: '30' }, 20],
  [{ cacheControl: 'max-age=50', age: '70' }, 0],
  [{ cacheControl: 'max-age=0, must-revalidate' }, 0],
  [{ cacheControl: 'max-age=soon' }, 0],
  [{ cacheControl: 'no-cache' }, 0],
  [{ cacheControl: 'max-age=60, no-cache="set-cookie"' }, 0],
  [{ expires: inAMinute, date }, 60],
  [{ expires: inAMinute, date, cacheControl: 'max-age=10' }, 10],
  [{ expires: date, date: inAMinute }, 0],
  [{ expires: '0' }, 0],
])('with %j an original is used for %d seconds without asking', async (headers, freshSeconds) => {
  const { world, find } = originalsOf(fetched('x', { etag: '"1"', ...headers }));
  await find();
  if (freshSeconds > 0) {
    world.nowMs = freshSeconds * 1000 - 1;
    await find();
    expect(world.conditions).toHaveLength(1);
  }
  world.nowMs = freshSeconds * 1000;
  await find();
  expect(world.conditions).toEqual([{}, { 'if-none-match': '"1"' }]);
});

test('what a server says with 304 holds from then on', async () => {
  const { world, find } = originalsOf(fetched('x', { etag: '"1"', cacheControl: 'no-cache' }));
  await find();
  world.server = fetched('', { isUnchanged: true, cacheControl: 'max-age=10' });
  await find();
  world.nowMs = 9_999;
  await find();
  expect(world.conditions).toHaveLength(2);
  world.nowMs = 10_000;
  world.server = fetched('', { isUnchanged: true });
  await find();
  world.nowMs = 19_999;
  await find();
  expect(world.conditions).toHaveLength(3);
});

test('an original that was kept under other settings is fetched anew, and one that is too large now is refused', async () => {
  await ask(await start(), 1);
  expect((await ask(await start({ MAX_REDIRECTS: '1' }), 2)).status).toBe(200);
  expect(asked).toHaveLength(2);
  expect((await ask(await start({ MAX_ALLOWED_SIZE: '10' }), 1)).status).toBe(400);
});

test('imagetx purge removes all results of a source, and its original', async () => {
  const service = await start();
  for (const width of [1, 2]) await ask(service, width);
  await ask(service, 1, { path: 'b.png' });
  const purge = async () => (await ran(['purge', `${base}/a.png`, '--results', results])).out;
  let out = '';
  // Entries are written after the answer.
  while (!out.includes('3 removed')) {
    for (const width of [1, 2]) await ask(service, width);
    out = await purge();
  }
  expect(out).toBe(`${base}/a.png: 3 removed\n`);
  expect((await ask(service, 1)).status).toBe(200);
});

test.each([
  [['purge'], 'SOURCE: expected a name or URL'],
  [['purge', 'a.png'], '--results'],
])('%j is refused with a reason', async (args, reason) => {
  expect(await ran(args)).toMatchObject({ code: 2, err: expect.stringContaining(reason) });
});

test('SOURCES_TTL without RESULTS is refused at the start', async () => {
  const { code, err } = await ran(['serve', '-p', '0'], { env: { SOURCES_TTL: '60' } });
  expect([code, err]).toEqual([expect.any(Number), expect.stringContaining('SOURCES_TTL: expected RESULTS')]);
});
