import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StoredObject } from '../../local/storage/objects/object.ts';
import { DiskStore } from '../../local/storage/objects/store.ts';
import { type LocalStorage, type StorageOptions, startStorage } from '../../local/storage/server.ts';
import { removeDir, temporaryDir } from '../support/folder.ts';

const page = { prefix: '', delimiter: '', maxResults: 1000 };
let dir: string;
beforeAll(async () => {
  dir = await temporaryDir();
});
afterAll(async () => {
  for (const server of started) await server.close();
  await removeDir(dir);
});

const started: LocalStorage[] = [];
/** A server that is closed at the end even when its test fails half-way. */
async function start(options: StorageOptions): Promise<LocalStorage> {
  const server = await startStorage(options);
  started.push(server);
  return server;
}

type Acknowledged = { readonly name: string; readonly generation: number; readonly md5Hash: string };

/** Writes in another process until `count` writes were answered, then ends it with SIGKILL. */
async function writeAndKill(folder: string, count: number): Promise<readonly Acknowledged[]> {
  const writer = spawn(
    process.execPath,
    [join(import.meta.dirname, 'support', 'storage_writer.ts'), folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(writer, 'exit');
  const lines: Acknowledged[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    lines.push(JSON.parse(line));
    if (lines.length === count) writer.kill('SIGKILL');
  }
  await exited;
  return lines;
}

test.each([3, 8, 21, 34, 55])(
  'after kill -9 behind %i writes every object is whole and none is lost',
  async (count) => {
    const acknowledged = await writeAndKill(dir, count);
    expect(acknowledged.length).toBeGreaterThanOrEqual(count);
    const store = await DiskStore.open(dir);
    const { items } = store.catalogue.list('pictures', page);
    for (const object of items) {
      const bytes = await readFile(store.blob(object));
      expect(createHash('md5').update(bytes).digest('base64')).toBe(object.md5Hash);
      expect(bytes.length).toBe(object.size);
    }
    for (const { name, generation, md5Hash } of acknowledged) {
      const found = store.catalogue.get({ bucket: 'pictures', name });
      expect(found.generation).toBeGreaterThanOrEqual(generation);
      if (found.generation === generation) expect(found.md5Hash).toBe(md5Hash);
    }
    expect(await readdir(join(dir, 'blobs'))).toHaveLength(items.length);
    expect(await readdir(join(dir, 'staging'))).toEqual([]);
  },
);

test('a stop before any file operation or change of a record leaves the state before the step or after it', async () => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'support', 'storage_crash.ts'), join(dir, 'crash')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const stops: { found: string; allowed: readonly string[] }[] = [];
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) stops.push(JSON.parse(line));
  expect(await exited).toEqual([0, null]);
  expect(stops.length).toBeGreaterThan(15);
  expect(stops.filter(({ found, allowed }) => !allowed.includes(found))).toEqual([]);
});

test('what a cut of power left empty is no object, and all else is there', async () => {
  const folder = join(dir, 'power');
  const store = await DiskStore.open(folder);
  store.createBucket('pictures');
  const put = async (name: string) =>
    await store.write({ bucket: 'pictures', name, staged: await store.stage(bytes(name)), attributes: {} });
  const [cut] = [await put('cut'), await put('kept')];
  await truncate(store.blob(cut));
  const { items } = (await DiskStore.open(folder)).catalogue.list('pictures', page);
  expect(items.map(({ name }) => name)).toEqual(['kept']);
});

test('a store of version 1.0, a JSON file for each object, is taken over with the events that it owes', async () => {
  const folder = join(dir, 'files');
  const store = await DiskStore.open(folder);
  store.createBucket('pictures');
  const put = async (name: string) =>
    await store.write({ bucket: 'pictures', name, staged: await store.stage(bytes(name)), attributes: {} });
  const written = [await put('told'), await put('owed')];
  await rm(join(folder, 'objects.sqlite'));
  for (const name of ['objects', 'buckets', 'pending']) await mkdir(join(folder, name));
  await writeFile(
    join(folder, 'buckets', 'pictures.json'),
    JSON.stringify(store.catalogue.bucket('pictures')),
  );
  for (const object of written)
    await writeFile(join(folder, 'objects', `${object.name}.json`), JSON.stringify(object));
  await writeFile(join(folder, 'objects', 'cut-by-power.json'), '');
  await writeFile(join(folder, 'pending', basename(store.blob(written[1] as StoredObject))), '');

  for (const owed of [['owed'], []]) {
    const opened = await DiskStore.open(folder);
    expect(opened.catalogue.list('pictures', page).items.map(({ name }) => name)).toEqual(['owed', 'told']);
    const heard: string[] = [];
    await opened.onFinalize(({ name }) => void heard.push(name));
    expect(heard).toEqual(owed);
  }
});

async function* bytes(text: string) {
  yield Buffer.from(text);
}

test('an object whose event was not taken over is announced again after a restart', async () => {
  const folder = join(dir, 'events');
  const first = await start({ dir: folder, port: 0, buckets: ['pictures'] });
  await first.onFinalize(({ name }) => {
    if (name === 'lost') throw new Error('the event could not be kept');
  });
  const put = (name: string) => fetch(`${first.url}/pictures/${name}`, { method: 'PUT', body: name });
  expect((await put('kept')).status).toBe(200);
  expect((await put('lost')).status).toBe(500);
  await first.close();

  const second = await start({ dir: folder, port: 0 });
  const heard: unknown[] = [];
  await second.onFinalize((object) => void heard.push(object));
  expect(heard).toEqual([
    expect.objectContaining({
      kind: 'storage#object',
      bucket: 'pictures',
      name: 'lost',
      size: '4',
      generation: expect.stringMatching(/^\d{16}$/),
      selfLink: 'https://www.googleapis.com/storage/v1/b/pictures/o/lost',
    }),
  ]);
  await second.close();

  const third = await start({ dir: folder, port: 0 });
  await third.onFinalize((object) => void heard.push(object));
  expect(heard).toHaveLength(1);
  await third.close();
});

test('events of objects written before anybody listens wait for the first listener', async () => {
  const options = { dir: join(dir, 'held'), port: 0, buckets: ['pictures'], holdEvents: true };
  const put = (url: string, name: string) => fetch(`${url}/pictures/${name}`, { method: 'PUT', body: name });
  const first = await start(options);
  await put(first.url, 'before-restart');
  await first.close();
  const second = await start(options);
  await put(second.url, 'after-restart');
  const heard: unknown[] = [];
  await second.onFinalize(({ name }) => void heard.push(name));
  expect(heard.sort()).toEqual(['after-restart', 'before-restart']);
  await second.close();
});

test('each creation is announced once, before its writer is answered, and an attribute change is not', async () => {
  const server = await start({ dir: join(dir, 'order'), port: 0, buckets: ['pictures'] });
  const heard: unknown[] = [];
  const stop = await server.onFinalize(async ({ name, generation }) => {
    await new Promise((resolve) => setImmediate(resolve));
    heard.push([name, generation]);
  });
  const url = `${server.url}/pictures/a`;
  const generations = [];
  for (const body of ['one', 'two']) {
    const response = await fetch(url, { method: 'PUT', body });
    generations.push(['a', response.headers.get('x-goog-generation')]);
    expect(heard).toEqual(generations);
  }
  const patch = { method: 'PATCH', body: '{"contentType":"image/png"}' };
  expect((await fetch(`${server.url}/b/pictures/o/a`, patch)).status).toBe(200);
  stop();
  await fetch(url, { method: 'PUT', body: 'three' });
  expect(heard).toHaveLength(2);
  expect(await readdir(join(dir, 'order', 'blobs'))).toHaveLength(1);
  await server.close();
});
