import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testStorage } from '../support/storage.ts';

let storage: Awaited<ReturnType<typeof testStorage>>;
beforeAll(async () => {
  storage = await testStorage();
});
afterAll(() => storage.close());

const file = (name: string) => storage.bucket.file(name);
const md5 = (data: Buffer) => createHash('md5').update(data).digest('base64');

const uploads = [
  { kind: 'multipart', size: 0, options: { resumable: false } },
  { kind: 'multipart', size: 100_003, options: { resumable: false } },
  { kind: 'resumable', size: 0, options: { resumable: true } },
  { kind: 'resumable', size: 100_003, options: { resumable: true } },
  { kind: 'resumable in chunks', size: 614_401, options: { resumable: true, chunkSize: 262_144 } },
  { kind: 'resumable in whole chunks', size: 524_288, options: { resumable: true, chunkSize: 262_144 } },
];

test.each(uploads)(
  'a $kind upload of $size bytes keeps bytes, type and metadata',
  async ({ kind, size, options }) => {
    const data = randomBytes(size);
    const target = file(`uploads/${kind}-${size}`);
    const metadata = {
      contentType: 'image/png',
      cacheControl: 'no-cache',
      metadata: { name: 'logo', größe: 'ß' },
    };
    await target.save(data, { ...options, metadata, preconditionOpts: { ifGenerationMatch: 0 } });
    const [stored] = await target.getMetadata();
    expect(stored).toMatchObject({
      ...metadata,
      size: String(size),
      md5Hash: md5(data),
      metageneration: '1',
    });
    expect((await target.download())[0].equals(data)).toBe(true);
  },
);

test.each([false, true])('a predefined ACL is kept with the object (resumable: %s)', async (resumable) => {
  const open = file(`open-${resumable}`);
  await open.save('x', { resumable, predefinedAcl: 'publicRead' });
  const [acl] = (await open.acl.get()) as unknown as [unknown[]];
  expect(acl).toMatchObject([{ entity: 'allUsers', role: 'READER' }]);
  await open.save('x', { resumable });
  expect((await open.acl.get())[0]).toEqual([]);
});

test('a stated checksum that does not fit refuses the upload and keeps the old object', async () => {
  await file('checked').save('good', { resumable: false });
  const body = [
    '--b',
    'content-type: application/json',
    '',
    JSON.stringify({ name: 'checked', md5Hash: md5(Buffer.from('other')) }),
    '--b',
    'content-type: text/plain',
    '',
    'bad',
    '--b--',
    '',
  ].join('\r\n');
  const headers = { 'content-type': 'multipart/related; boundary=b' };
  const url = `${storage.server.url}/upload/storage/v1/b/pictures/o?uploadType=multipart`;
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(400);
  expect((await file('checked').download())[0].toString()).toBe('good');
});

const framings = [
  { eol: '\r\n', boundary: 'plain', content: 'a\r\nb\r\n' },
  { eol: '\n', boundary: "'==quoted=='", content: 'a\nb\r' },
  { eol: '\r\n', boundary: '"double"', content: '--double\r\n-' },
];

test.each(framings)('multipart framed by $boundary keeps every byte', async ({ eol, boundary, content }) => {
  const mark = `--${boundary.replaceAll(/['"]/g, '')}`;
  const name = `framed-${boundary.length}`;
  const parts = [
    mark,
    'content-type: application/json',
    '',
    JSON.stringify({ name }),
    mark,
    'MIME-Version: 1.0',
    '',
    content,
  ];
  const body = [...parts, `${mark}--`].join(eol);
  const url = `${storage.server.url}/upload/storage/v1/b/pictures/o?uploadType=multipart`;
  const headers = { 'content-type': `multipart/related; boundary=${boundary}` };
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
  expect((await file(name).download())[0].toString()).toBe(content);
});

test('an upload whose sender goes away leaves nothing', async () => {
  const path = '/upload/storage/v1/b/pictures/o?uploadType=media&name=torn';
  const sending = request(storage.server.url + path, { method: 'POST', headers: { 'content-length': 1000 } });
  const failed = new Promise((resolve) => sending.once('error', resolve));
  storage.server.faults.add({ path: 'name=torn', cutRequestAfterBytes: 10 });
  sending.end(Buffer.alloc(1000));
  await failed;
  expect(await file('torn').exists()).toEqual([false]);
});

test('a resumable upload goes on after the connection was cut', async () => {
  const data = randomBytes(1_000_000);
  storage.server.faults.add({ method: 'PUT', path: 'name=resumed', cutRequestAfterBytes: 300_000 });
  const retryOptions = { autoRetry: true, maxRetryDelay: 1 };
  const retrying = new Storage({ apiEndpoint: storage.server.url, projectId: 'local-dev', retryOptions });
  const sent = retrying
    .bucket('pictures')
    .file('resumed')
    .createWriteStream({
      resumable: true,
      chunkSize: 524_288,
      preconditionOpts: { ifGenerationMatch: 0 },
    });
  await pipeline([data], sent);
  expect((await file('resumed').download())[0].equals(data)).toBe(true);
  expect(storage.server.faults.list().at(-1)).toMatchObject({ left: 0, hits: 1 });
});

test('a resumable upload says how much it holds, takes overlapping chunks and answers a repeat', async () => {
  const base = `${storage.server.url}/resumable/upload/storage/v1/b/pictures/o`;
  const start = await fetch(`${base}?uploadType=resumable`, { method: 'POST', body: '{"name":"told"}' });
  const location = start.headers.get('location') ?? '';
  const data = randomBytes(700_000);
  const put = async (range: string, body?: Buffer) => {
    const answer = await fetch(location, {
      method: 'PUT',
      headers: { 'content-range': range },
      body: body ?? null,
    });
    return [answer.status, answer.headers.get('range')];
  };
  expect(await put('bytes */*')).toEqual([308, null]);
  expect(await put('bytes 0-262143/*', data.subarray(0, 262_144))).toEqual([308, 'bytes=0-262143']);
  storage.server.faults.add({ method: 'PUT', path: 'name=told', cutRequestAfterBytes: 300_000 });
  await expect(put('bytes 262144-699999/700000', data.subarray(262_144))).rejects.toThrow();
  expect(await put('bytes */700000')).toEqual([308, 'bytes=0-524287']);
  expect(await put('bytes 600000-699999/700000', data.subarray(600_000))).toEqual([308, 'bytes=0-524287']);
  expect(await file('told').exists()).toEqual([false]);
  expect(await put('bytes 262144-699999/700000', data.subarray(262_144))).toEqual([200, null]);
  const [{ generation }] = await file('told').getMetadata();
  expect(await put('bytes */700000')).toEqual([200, null]);
  expect((await file('told').getMetadata())[0].generation).toBe(generation);
  expect((await file('told').download())[0].equals(data)).toBe(true);
  expect((await fetch(location, { method: 'DELETE' })).status).toBe(499);
  expect(await put('bytes */*')).toEqual([404, null]);
});

const announce = async (name: string, bytes: number): Promise<string> => {
  const url = `${storage.server.url}/upload/storage/v1/b/pictures/o?uploadType=resumable&name=${name}`;
  const headers = { 'x-upload-content-length': String(bytes) };
  return (await fetch(url, { method: 'POST', headers })).headers.get('location') ?? '';
};

const faulty: readonly (readonly [string, number, Readonly<Record<string, string>>])[] = [
  ['a body shorter than its range', 100, { 'content-range': 'bytes 0-999/300000' }],
  ['a body longer than its range', 1000, { 'content-range': 'bytes 0-99/300000' }],
  ['a body beyond the announced size', 300_001, {}],
  ['a small piece that is not the last one', 1000, { 'content-range': 'bytes 0-999/300000' }],
];

test.each(faulty)('%s is refused, and the whole may still be sent', async (what, bytes, headers) => {
  const name = encodeURIComponent(what);
  const url = await announce(name, 300_000);
  const data = randomBytes(300_000);
  const body = bytes > data.length ? Buffer.alloc(bytes) : data.subarray(0, bytes);
  expect((await fetch(url, { method: 'PUT', headers, body })).status).toBe(400);
  const right = { 'x-goog-hash': `md5=${md5(data)}` };
  expect((await fetch(url, { method: 'PUT', headers: right, body: data })).status).toBe(200);
  expect((await file(what).download())[0].equals(data)).toBe(true);
});

test('a checksum of other bytes is refused, and ends the upload', async () => {
  const url = await announce('summed', 5);
  const send = async (text: string) => {
    const headers = { 'x-goog-hash': `crc32c=,md5=${md5(Buffer.from(text))}` };
    return (await fetch(url, { method: 'PUT', headers, body: 'bytes' })).status;
  };
  expect([await send('other'), await send('bytes')]).toEqual([400, 404]);
  expect(await file('summed').exists()).toEqual([false]);
});

test('who reads while others overwrite gets one whole version', async () => {
  const url = `${storage.server.url}/pictures/contested`;
  const put = (size: number) => fetch(url, { method: 'PUT', body: Buffer.alloc(size, String(size)) });
  await put(1);
  const writers = [1, 2, 3, 4].map(async (writer) => {
    for (let round = 0; round < 15; round++) await put(writer * 70_001 + round);
  });
  const readers = [1, 2, 3, 4].map(async () => {
    for (let round = 0; round < 30; round++) {
      const response = await fetch(url);
      const body = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get('x-goog-hash')).toContain(`md5=${md5(body)}`);
    }
  });
  await Promise.all([...writers, ...readers]);
});
