import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testStorage } from '../support/storage.ts';

let storage: Awaited<ReturnType<typeof testStorage>>;
beforeAll(async () => {
  storage = await testStorage();
});
afterAll(() => storage.close());

const file = (name: string) => storage.bucket.file(name);
const save = (name: string, data: string | Buffer = 'x') =>
  file(name).save(data, { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } });
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: { code: unknown }) => error.code,
  );

const names = [
  'logo.png',
  'a/b/c.png',
  'with space & sign?.png',
  '100%25.png',
  'größe/日本 🎉.png',
  'a/../b',
  'quote"\'#+;=.png',
  '//x//',
];

test.each(names)('object name %j is the same through every API', async (name) => {
  await save(name, name);
  expect((await file(name).download())[0].toString()).toBe(name);
  expect((await file(name).getMetadata())[0].name).toBe(name);
  const publicUrl = `${storage.server.url}/pictures/${encodeURIComponent(name)}`;
  expect(await (await fetch(publicUrl)).text()).toBe(name);
  const [listed] = await storage.bucket.getFiles({ prefix: name });
  expect(listed.map((found) => found.name)).toContain(name);
});

test.each([false, true])('generation 0 as precondition creates once (resumable: %s)', async (resumable) => {
  const target = file(`once-${resumable}`);
  const options = { resumable, preconditionOpts: { ifGenerationMatch: 0 } };
  await target.save('first', options);
  expect(await code(target.save('second', options))).toBe(412);
  expect((await target.download())[0].toString()).toBe('first');
});

test('of simultaneous creations exactly one wins', async () => {
  const tries = Array.from({ length: 8 }, (_, index) => code(save('race', `writer ${index}`)));
  const codes = await Promise.all(tries);
  expect(codes.filter((result) => result === 'ok')).toHaveLength(1);
  expect(codes.filter((result) => result === 412)).toHaveLength(7);
});

test('a new generation is larger, and the superseded one is 404', async () => {
  await save('versions', 'old');
  const old = Number((await file('versions').getMetadata())[0].generation);
  await file('versions').save('new', { resumable: false, preconditionOpts: { ifGenerationMatch: old } });
  const [{ generation }] = await file('versions').getMetadata();
  expect(Number(generation)).toBeGreaterThan(old);
  expect(await code(storage.bucket.file('versions', { generation: old }).download())).toBe(404);
  expect(
    await code(
      file('versions').save('x', { resumable: false, preconditionOpts: { ifGenerationMatch: old } }),
    ),
  ).toBe(412);
});

test('setMetadata merges, deletes what is null and counts the metageneration', async () => {
  await file('meta').save('x', {
    resumable: false,
    metadata: { metadata: { a: '1', b: '2' }, cacheControl: 'private' },
  });
  const [before] = await file('meta').getMetadata();
  const change = { metadata: { a: null, c: '3' }, cacheControl: null, contentType: 'text/css' };
  await file('meta').setMetadata(change as never);
  const [after] = await file('meta').getMetadata();
  expect(after).toMatchObject({ metadata: { b: '2', c: '3' }, contentType: 'text/css', metageneration: '2' });
  expect(after.metadata).not.toHaveProperty('a');
  expect(after).not.toHaveProperty('cacheControl');
  expect(after.generation).toBe(before.generation);
  expect(await code(file('meta').setMetadata({ contentType: 'x/y' }, { ifMetagenerationMatch: 1 }))).toBe(
    412,
  );
});

test('copy keeps attributes, move leaves nothing behind, delete heeds its precondition', async () => {
  await file('source').save('abc', {
    resumable: false,
    metadata: { contentType: 'image/gif', metadata: { k: 'v' } },
  });
  await file('source').copy(file('copied'));
  expect((await file('copied').getMetadata())[0]).toMatchObject({
    contentType: 'image/gif',
    metadata: { k: 'v' },
  });
  await file('copied').move('moved');
  expect(await file('copied').exists()).toEqual([false]);
  expect((await file('moved').download())[0].toString()).toBe('abc');
  expect(await code(file('moved').delete({ ifGenerationMatch: 1 }))).toBe(412);
  await file('moved').delete();
  expect(await code(file('moved').delete())).toBe(404);
});

test('pages with a delimiter join to the whole listing in byte order', async () => {
  const bucket = storage.client.bucket('listing');
  await bucket.create();
  const all = ['a', 'b/1', 'b/2', 'b/', 'c', 'd/x/y', 'é', 'z', '\u{1F389}', '\uFF5E'];
  for (const name of all) await bucket.file(name).save('x', { resumable: false });
  const paged: string[] = [];
  let query: object | null = { delimiter: '/', maxResults: 2, autoPaginate: false };
  while (query) {
    const [files, next, answer] = (await bucket.getFiles(query)) as unknown as [
      { name: string }[],
      object | null,
      { prefixes?: string[] },
    ];
    const page = [...files.map((found) => found.name), ...(answer.prefixes ?? [])];
    expect(page.length).toBeLessThanOrEqual(2);
    paged.push(...page);
    query = next;
  }
  expect([...paged].sort()).toEqual(['a', 'b/', 'c', 'd/', 'z', 'é', '\uFF5E', '\u{1F389}'].sort());
  const [flat] = await bucket.getFiles();
  const inByteOrder = [...all].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(flat.map((found) => found.name)).toEqual(inByteOrder);
  const [under] = await bucket.getFiles({ prefix: 'b/' });
  expect(under.map((found) => found.name)).toEqual(['b/', 'b/1', 'b/2']);
});

test('buckets are made once, listed, and removed when empty', async () => {
  const bucket = storage.client.bucket('short-lived');
  expect(await bucket.exists()).toEqual([false]);
  await bucket.create();
  expect(await code(bucket.create())).toBe(409);
  expect((await storage.client.getBuckets())[0].map(({ name }) => name)).toContain('short-lived');
  await bucket.file('x').save('x', { resumable: false });
  expect(await code(bucket.delete())).toBe(409);
  await bucket.file('x').delete();
  await bucket.delete();
  expect(await bucket.exists()).toEqual([false]);
});

test('STORAGE_EMULATOR_HOST alone points a client here', async () => {
  process.env.STORAGE_EMULATOR_HOST = storage.server.url;
  const client = new Storage({ projectId: 'local-dev' });
  delete process.env.STORAGE_EMULATOR_HOST;
  await client.bucket('pictures').file('by-env').save('here', { resumable: true });
  expect((await client.bucket('pictures').file('by-env').download())[0].toString()).toBe('here');
});

const masks = [
  ['name,size', ['name', 'size']],
  ['metadata/a', ['metadata']],
  ['*', undefined],
] as const;

test.each(masks)('fields=%s keeps just that', async (mask, keys) => {
  await file('masked').save('x', { resumable: false, metadata: { metadata: { a: '1', b: '2' } } });
  const answer = await fetch(`${storage.server.url}/b/pictures/o/masked?fields=${mask}`);
  const body = (await answer.json()) as Record<string, unknown>;
  if (keys) expect(Object.keys(body).sort()).toEqual([...keys]);
  else expect(body).toHaveProperty('mediaLink');
  if (mask === 'metadata/a') expect(body.metadata).toEqual({ a: '1' });
});

test('fields with parentheses prunes inside lists', async () => {
  const answer = await fetch(
    `${storage.server.url}/b/pictures/o?prefix=masked&fields=items(name,metadata/b),prefixes`,
  );
  expect(await answer.json()).toEqual({ items: [{ name: 'masked', metadata: { b: '2' } }] });
});

const refused = [
  ['GET', '/nothing', 404],
  ['GET', '/b/pictures/o/absent', 404],
  ['GET', '/b/absent-bucket/o', 404],
  ['POST', '/b/pictures/o/absent/compose', 400],
  ['POST', '/upload/storage/v1/b/absent-bucket/o?name=x', 404],
  ['POST', '/upload/storage/v1/b/pictures/o', 400],
  ['POST', '/upload/storage/v1/b/pictures/o?name=x&uploadType=odd', 400],
  ['POST', '/upload/storage/v1/b/pictures/o?name=x&ifGenerationMatch=abc', 400],
  ['POST', '/upload/storage/v1/b/pictures/o?name=x%0Ay', 400],
  ['PUT', '/upload/storage/v1/b/pictures/o?upload_id=none', 404],
  ['GET', '/b/pictures/o/%E0%A4%A', 400],
] as const;

test.each(refused)('%s %s is answered %i', async (method, path, status) => {
  expect((await fetch(storage.server.url + path, { method })).status).toBe(status);
});
