import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLog } from '../../common/log/log.ts';
import { Problem } from '../../common/problem.ts';
import { decodeEntry, encodeEntry } from '../../convert_stream/onthefly/results/entry.ts';
import { openFolder } from '../../convert_stream/onthefly/results/folder.ts';
import { createKeeper } from '../../convert_stream/onthefly/results/keeper.ts';
import { startWith } from '../imaginary/server.ts';
import { startTestService, type TestService } from '../inline/setup.ts';
import { until } from '../support/until.ts';
import { get, picture, post } from './setup.ts';

let folder: string;
let results: string;
const open: { close(): Promise<unknown> }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'results-'));
  results = join(folder, 'results');
  await mkdir(join(folder, 'mount'));
  await writeFile(join(folder, 'mount/a.png'), await picture(60, 40));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((service) => service.close()));
  await rm(folder, { recursive: true });
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<TestService> {
  const service = await startTestService({ MOUNT: join(folder, 'mount'), RESULTS: results, ...env });
  open.push(service);
  return service;
}

const keptFiles = (): readonly string[] =>
  globSync('imagetx-results/*/[!.]*', { cwd: results }).map((file) => join(results, file));

/** Entries are written after the answer. */
const written = (): Promise<void> => until(() => keptFiles().length > 0);

/** Asks until an answer is kept. */
async function askUntilKept(url: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  for (;;) {
    const answer = await get(url, path, headers);
    if (answer.headers['x-cache'] === 'hit') return answer;
  }
}

/** The header of a bitmap of one row of three pixels. */
const bmpHeader = Buffer.from(
  '424d42000000000000003600000028000000030000000100000001001800000000000c000000130b0000130b00000000000000000000',
  'hex',
);

const path = '/resize?file=a.png&width=30&type=webp';

test('an answer is made once, and then is the same byte for byte, after a restart too', async () => {
  const first = await start();
  const made = await get(first.url, path);
  expect(made.headers['x-cache']).toBe('miss');
  const kept = await askUntilKept(first.url, path);
  await written();
  const second = await start();
  const again = await get(second.url, path);
  expect(again.headers['x-cache']).toBe('hit');
  for (const answer of [kept, again]) {
    expect(answer.body.equals(made.body)).toBe(true);
    const facts = ['etag', 'content-type', 'content-length'] as const;
    expect(facts.map((name) => answer.headers[name])).toEqual(facts.map((name) => made.headers[name]));
  }
  await second.line(({ event }) => event === 'kept');
});

test('signatures, order and what only makes a URL unique do not decide; each parameter does', async () => {
  const { url } = await start();
  await get(url, path);
  await askUntilKept(url, path);
  expect((await get(url, '/resize?type=webp&width=30&file=a.png&rnd=7')).headers['x-cache']).toBe('hit');
  for (const other of [
    '&quality=50',
    '&flip=true',
    '&background=red',
    '&bri=50',
    '&filt=sepia',
    '&a=left&fit=cover&h=30',
  ])
    expect((await get(url, path + other)).headers['x-cache']).toBe('miss');
});

test('type=auto is kept for each type, and HEAD has what GET has', async () => {
  const { url } = await start();
  const auto = '/resize?file=a.png&width=30&type=auto';
  await get(url, auto, { accept: 'image/webp' });
  expect((await askUntilKept(url, auto, { accept: 'image/webp' })).headers['content-type']).toBe(
    'image/webp',
  );
  const other = await get(url, auto, { accept: 'image/jpeg' });
  expect([other.headers['x-cache'], other.headers['content-type']]).toEqual(['miss', 'image/jpeg']);
  const head = await fetch(url + auto, { method: 'HEAD', headers: { accept: 'image/webp' } });
  expect([head.status, head.headers.get('x-cache')]).toEqual([200, 'hit']);
});

test.each(['output', 'fm'])('a type of auto by the name %s varies by Accept too', async (name) => {
  const { url } = await start();
  const auto = `/resize?file=a.png&width=30&${name}=auto`;
  await get(url, auto, { accept: 'image/webp' });
  const kept = await askUntilKept(url, auto, { accept: 'image/webp' });
  const other = await get(url, auto, { accept: 'image/jpeg' });
  expect(other.headers).toMatchObject({ 'x-cache': 'miss', 'content-type': 'image/jpeg', vary: 'Accept' });
  expect(other.headers.etag).not.toBe(kept.headers.etag);
});

test.each(['image', '\\u0069mage', 'im\\u0061ge'])(
  'a pipeline with a watermark picture is not kept, though its name is written %s',
  async (name) => {
    const { url } = await start();
    const steps = `[{"operation":"watermarkImage","params":{"${name}":"http://127.0.0.1:1/w.png"},"ignore_failure":true}]`;
    const { headers } = await get(url, `/pipeline?file=a.png&operations=${encodeURIComponent(steps)}`);
    expect([headers.etag, headers['x-cache']]).toEqual([undefined, undefined]);
  },
);

const blurred = `/pipeline?file=a.png&operations=${encodeURIComponent('[{"operation":"blur","params":{"sigma":2}}]')}`;
const onlyWebp = '/resize?file=a.png&width=30&type=auto';

test.each<[what: string, path: string, env: Readonly<Record<string, string>>, status: number]>([
  ['a limit on outputs', path, { MAX_OUTPUT_MEGAPIXELS: '0.0001' }, 400],
  ['a limit on inputs', path, { MAX_ALLOWED_RESOLUTION: '0.001' }, 422],
  ['a limit on bytes', path, { MAX_INPUT_BYTES: '10' }, 413],
  ['an operation that is switched off', blurred, { DISABLE_ENDPOINTS: 'blur' }, 501],
  ['another choice of types', onlyWebp, { AUTO_TYPE: 'content' }, 200],
])('%s holds before what was kept without it', async (_what, asked, env, status) => {
  const before = await start();
  await get(before.url, asked);
  await askUntilKept(before.url, asked);
  await written();
  const answer = await get((await start(env)).url, asked);
  expect(answer.status).toBe(status);
  expect(answer.headers['x-cache']).not.toBe('hit');
});

test.each(['/pipeline?operations=[{"operation":"flip"}]&type=webp', '/autorotate?type=webp'])(
  'a type that %s does not take leaves the one of a preset to Accept',
  async (asked) => {
    await writeFile(join(folder, 'presets.json'), '{"any":{"params":{"type":"auto"}}}');
    const { url } = await start({ PRESETS: join(folder, 'presets.json') });
    const auto = `${asked.replaceAll('"', '%22')}&file=a.png&preset=any`;
    await get(url, auto, { accept: 'image/webp' });
    const kept = await askUntilKept(url, auto, { accept: 'image/webp' });
    const other = await get(url, auto, { accept: 'image/jpeg' });
    expect(other.headers).toMatchObject({ 'x-cache': 'miss', 'content-type': 'image/jpeg', vary: 'Accept' });
    expect(other.headers.etag).not.toBe(kept.headers.etag);
  },
);

test('a source that is overwritten with as many bytes, and whose time is set back, has new results', async () => {
  const file = join(folder, 'mount/a.bmp');
  const bmpOf = (level: number) => Buffer.concat([bmpHeader, Buffer.alloc(12, level)]);
  await writeFile(file, bmpOf(0));
  await utimes(file, 1000, 1000);
  const { url } = await start();
  const asked = '/convert?file=a.bmp&type=png';
  await get(url, asked);
  const before = await askUntilKept(url, asked);
  await writeFile(file, bmpOf(255));
  await utimes(file, 1000, 1000);
  const after = await get(url, asked);
  expect(after.headers['x-cache']).toBe('miss');
  expect(after.body.equals(before.body)).toBe(false);
});

test('a source that is overwritten has new results', async () => {
  const { url } = await start();
  await get(url, path);
  const before = await askUntilKept(url, path);
  await writeFile(join(folder, 'mount/a.png'), await picture(90, 30));
  const after = await get(url, path);
  expect(after.headers['x-cache']).toBe('miss');
  expect(after.headers.etag).not.toBe(before.headers.etag);
});

test('equal requests at once are one conversion and one entry; a POST keeps nothing', async () => {
  const service = await start();
  await Promise.all(Array.from({ length: 50 }, () => get(service.url, path)));
  await askUntilKept(service.url, path);
  expect(service.lines.filter(({ event }) => event === 'converted')).toHaveLength(1);
  await written();
  expect(keptFiles()).toHaveLength(1);
  const posted = await post(service.url, '/resize?width=20&type=webp', await picture());
  expect(posted.headers['x-cache']).toBeUndefined();
  expect(keptFiles()).toHaveLength(1);
});

test('guards hold before what is kept', async () => {
  const { url } = await start({ API_KEY: 'a-key' });
  await get(url, path, { 'api-key': 'a-key' });
  await askUntilKept(url, path, { 'api-key': 'a-key' });
  expect((await get(url, path)).status).toBe(401);
});

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
  [
    'changed in one bit',
    (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]),
  ],
  ['empty', () => Buffer.alloc(0)],
  ['another text', () => Buffer.from('not an entry')],
])('an entry that is %s counts as none', async (_what, damage) => {
  const { url } = await start();
  const made = await get(url, path);
  await written();
  const [file = ''] = keptFiles();
  await writeFile(file, damage(readFileSync(file)));
  const answer = await get(url, path);
  expect([answer.status, answer.headers['x-cache']]).toEqual([200, 'miss']);
  expect(answer.body.equals(made.body)).toBe(true);
});

test('an entry under the name of another one counts as none', () => {
  const bytes = encodeEntry('group/a', { facts: { mime: 'image/png' }, data: Buffer.from('x') });
  expect(decodeEntry('group/a', bytes)).toEqual({ facts: { mime: 'image/png' }, data: Buffer.from('x') });
  expect(decodeEntry('group/b', bytes)).toBeUndefined();
});

test('a store that cannot be written fails no answer, and is told once', async () => {
  const service = await start();
  await rm(results, { recursive: true });
  await writeFile(results, 'a file in the place of the folder');
  const answers = await Promise.all(
    [1, 2, 3].map((width) => get(service.url, `/resize?file=a.png&width=${width}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  await service.line(({ event }) => event === 'results_broken');
  expect(service.lines.filter(({ event }) => event === 'results_broken')).toHaveLength(1);
});

test('imagetx serve says that the store is broken, on standard error', async () => {
  const { promise: told, resolve } = Promise.withResolvers<string>();
  const err = (line: string): void => void (line.startsWith('results are not kept') && resolve(line));
  const server = await startWith(['-mount', join(folder, 'mount')], { RESULTS: results }, err);
  if (typeof server === 'number') throw new Error('the server did not start');
  open.push(server.running);
  await rm(results, { recursive: true });
  await writeFile(results, 'a file in the place of the folder');
  expect((await get(server.url, path)).status).toBe(200);
  expect(await told).toMatch(/^results are not kept: (ENOTDIR|EEXIST): /);
});

test('a bucket keeps results too, for other instances', async () => {
  const RESULTS = 'gs://outputs/kept';
  const { url, store, bucket, storage } = await start({ RESULTS });
  await get(url, path);
  await askUntilKept(url, path);
  let names: string[] = [];
  await until(async () => {
    names = [];
    for await (const { name } of store.list(bucket, 'kept/')) names.push(name);
    return names.length > 0;
  });
  expect(names).toEqual([expect.stringMatching(/^kept\/[\w-]{43}\/[\w-]{43}$/)]);
  const other = await start({ RESULTS, STORAGE_EMULATOR_HOST: storage.server.url });
  expect((await get(other.url, path)).headers['x-cache']).toBe('hit');
});

test('files of others in the folder are neither counted nor removed', async () => {
  await mkdir(join(results, 'holiday'), { recursive: true });
  const others = ['holiday/mine.jpg', '.new-draft'].map((name) => join(results, name));
  for (const file of others) await writeFile(file, blob(50_000));
  const { url } = await start({ RESULTS_MAX_BYTES: '10000' });
  await get(url, path);
  await askUntilKept(url, path);
  await written();
  expect(others.map((file) => readFileSync(file).length)).toEqual([50_000, 50_000]);
});

const blob = (bytes: number) => Buffer.alloc(bytes, 1);

test('a folder stays under its bound: what was used least recently goes first', async () => {
  const blobs = await openFolder(results, 100);
  for (const name of ['g/a', 'g/b', 'g/c']) await blobs.write(name, blob(30));
  await blobs.read('g/a');
  await blobs.write('h/d', blob(30));
  expect(await Promise.all(['g/a', 'g/b', 'g/c', 'h/d'].map((name) => blobs.read(name)))).toEqual([
    blob(30),
    undefined,
    blob(30),
    blob(30),
  ]);
  await blobs.write('h/large', blob(101));
  expect(await blobs.read('h/large')).toBeUndefined();
});

/** Writes as a disk of 100 bytes does. */
async function writeToSmallDisk(file: string, data: Buffer): Promise<void> {
  const used = globSync('*/{.,}*', { cwd: results }).map((one) => readFileSync(join(results, one)).length);
  const free = 100 - used.reduce((sum, bytes) => sum + bytes, 0);
  await writeFile(file, data.subarray(0, free));
  if (data.length > free) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
}

test('a full disk below the bound makes room as the bound does', async () => {
  const blobs = await openFolder(results, 1000, writeToSmallDisk);
  for (const name of ['g/a', 'g/b', 'g/c']) await blobs.write(name, blob(30));
  await blobs.read('g/a');
  await blobs.write('h/d', blob(30));
  expect(globSync('*/{.,}*', { cwd: results }).toSorted()).toEqual(['g/a', 'g/c', 'h/d']);
  expect(await blobs.read('h/d')).toEqual(blob(30));
  await expect(blobs.write('h/large', blob(101))).rejects.toThrow('no space left on device');
  expect(globSync('*/{.,}*', { cwd: results }).toSorted()).toEqual(['g/a', 'g/c', 'h/d']);
});

test('a folder is counted at the start, and what a killed process left behind is removed', async () => {
  await mkdir(join(results, 'g'), { recursive: true });
  for (const [age, name] of ['a', 'b', 'c'].entries()) {
    await writeFile(join(results, 'g', name), blob(40));
    await utimes(join(results, 'g', name), 1000 + age, 1000 + age);
  }
  await writeFile(join(results, 'g/.new-1234'), blob(40));
  await utimes(join(results, 'g/.new-1234'), 1000, 1000);
  const blobs = await openFolder(results, 100);
  expect(globSync('g/{.,}*', { cwd: results }).toSorted()).toEqual(['g/a', 'g/b', 'g/c']);
  await blobs.write('g/d', blob(40));
  expect(
    (await Promise.all(['a', 'b', 'c', 'd'].map((name) => blobs.read(`g/${name}`)))).map(Boolean),
  ).toEqual([false, false, true, true]);
});

test('the last file of a group takes the folder of the group with it', async () => {
  const blobs = await openFolder(results, 100);
  for (const name of ['g/a', 'h/b', 'i/c']) await blobs.write(name, blob(60));
  expect(globSync('*', { cwd: results })).toEqual(['i']);
});

test('what another process writes now is left to it', async () => {
  const [blobs] = await Promise.all([
    openFolder(results, 100),
    mkdir(join(results, 'g'), { recursive: true }),
  ]);
  await writeFile(join(results, 'g/.new-1234'), blob(40));
  await openFolder(results, Number.POSITIVE_INFINITY);
  expect(globSync('g/.new*', { cwd: results })).toEqual(['g/.new-1234']);
  expect(await blobs.removeGroup('g')).toBe(0);
});

test('a folder is written while groups come and go', async () => {
  const blobs = await openFolder(results, 30);
  const names = Array.from({ length: 150 }, (_, at) => `g${at % 3}/${at}`);
  await Promise.all(names.map((name) => blobs.write(name, blob(30))));
  const other = openFolder(results, 30);
  const groups = ['g0', 'g1', 'g2'];
  await Promise.all([
    other,
    ...groups.map((group) => blobs.removeGroup(group)),
    ...groups.map((group) => blobs.write(`${group}/new`, blob(10))),
  ]);
  await blobs.write('g0/last', blob(10));
  expect(await blobs.read('g0/last')).toEqual(blob(10));
});

test('a group is removed as a whole', async () => {
  const blobs = await openFolder(results, 1000);
  for (const name of ['g/a', 'g/b', 'h/c']) await blobs.write(name, blob(3));
  expect([await blobs.removeGroup('g'), await blobs.removeGroup('g')]).toEqual([2, 0]);
  expect([await blobs.read('g/a'), await blobs.read('h/c')]).toEqual([undefined, blob(3)]);
});

test('entries are left out while too many are on their way', async () => {
  const written: string[] = [];
  const { promise: gate, resolve } = Promise.withResolvers<void>();
  const slow = {
    read: async () => undefined,
    write: async (name: string) => {
      written.push(name);
      await gate;
    },
    removeGroup: async () => 0,
  };
  const keeper = createKeeper(slow, createLog({ level: 'error' }));
  for (let at = 0; at < 100; at += 1) keeper.put(`g/${at}`, { facts: {}, data: blob(10) });
  expect(written).toEqual([]);
  resolve();
  await keeper.idle();
  expect(written).toHaveLength(16);
});

test('an answer waits only shortly for a store that hangs, and the next ones do not wait', async () => {
  let nowMs = 0;
  let asked = 0;
  const hanging = {
    read: () => {
      asked += 1;
      return new Promise<undefined>(() => {});
    },
    write: async () => {},
    removeGroup: async () => 0,
  };
  const log = createLog({ level: 'error' });
  const keeper = createKeeper(hanging, log, { now: () => nowMs, waitMs: 1 });
  const ask = async () => [await keeper.get('g/a', () => {}), asked];
  expect(await ask()).toEqual([undefined, 1]);
  expect(await ask()).toEqual([undefined, 1]);
  nowMs = 10_000;
  expect(await ask()).toEqual([undefined, 2]);
});

test('an entry that the memory budget has no room for is not read, and counts as none', async () => {
  const blobs = await openFolder(results, 1000);
  const lines: string[] = [];
  const destination = new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) });
  const keeper = createKeeper(blobs, createLog({ destination }));
  keeper.put('g/a', { facts: {}, data: blob(100) });
  await keeper.idle();
  const tooBusy = (): void => {
    throw new Problem('too_busy', 'no room');
  };
  expect(await keeper.get('g/a', tooBusy)).toBeUndefined();
  const reserved: number[] = [];
  const add = (bytes: number): void => void reserved.push(bytes);
  expect((await keeper.get('g/a', add))?.data).toEqual(blob(100));
  expect(reserved).toEqual([readFileSync(join(results, 'g/a')).length]);
  expect(lines).toEqual([]);
});
