import { createHash, generateKeyPairSync } from 'node:crypto';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { testStorage } from '../support/storage.ts';

let storage: Awaited<ReturnType<typeof testStorage>>;
beforeAll(async () => {
  storage = await testStorage();
});
afterAll(() => storage.close());

const file = (name: string) => storage.bucket.file(name);
const save = (name: string, data: string | Buffer = 'x') =>
  file(name).save(data, { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } });

const ranges = [
  { range: 'bytes=2-4', status: 206, text: '234', contentRange: 'bytes 2-4/10' },
  { range: 'bytes=7-', status: 206, text: '789', contentRange: 'bytes 7-9/10' },
  { range: 'bytes=-3', status: 206, text: '789', contentRange: 'bytes 7-9/10' },
  { range: 'bytes=8-99', status: 206, text: '89', contentRange: 'bytes 8-9/10' },
  { range: 'bytes=4-2', status: 200, text: '0123456789', contentRange: null },
  { range: 'lines=1-2', status: 200, text: '0123456789', contentRange: null },
];

describe('ranges', () => {
  beforeAll(() => save('digits', '0123456789'));

  test.each(ranges)('$range is answered $status', async ({ range, status, text, contentRange }) => {
    for (const path of ['/pictures/digits', '/storage/v1/b/pictures/o/digits?alt=media']) {
      const response = await fetch(storage.server.url + path, { headers: { range } });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-range')).toBe(contentRange);
      expect(await response.text()).toBe(text);
    }
  });

  test('one beyond the end is 416, and the client reads its part', async () => {
    const response = await fetch(`${storage.server.url}/pictures/digits`, {
      headers: { range: 'bytes=10-' },
    });
    expect(response.status).toBe(416);
    expect((await file('digits').download({ start: 5, end: 7 }))[0].toString()).toBe('567');
  });
});

describe('signed URLs', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  // The client warns about keys from outside; this one was made a line above.
  beforeAll(() => void jest.spyOn(console, 'warn').mockImplementation(() => {}));
  afterAll(() => {
    jest.restoreAllMocks();
  });
  const signer = () =>
    new Storage({
      apiEndpoint: storage.server.url,
      projectId: 'local-dev',
      credentials: {
        client_email: 'signer@local-dev.iam.gserviceaccount.com',
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
    }).bucket('pictures');

  test('a V4 URL writes with its headers as metadata, and another reads', async () => {
    const signed = signer().file('signed/a b.txt');
    const headers = { 'content-type': 'text/plain', 'x-goog-meta-name': 'logo' };
    const expires = Date.now() + 60_000;
    const [writeUrl] = await signed.getSignedUrl({
      version: 'v4',
      action: 'write',
      expires,
      contentType: 'text/plain',
      extensionHeaders: { 'x-goog-meta-name': 'logo' },
    });
    expect((await fetch(writeUrl, { method: 'PUT', headers, body: 'signed' })).status).toBe(200);
    expect((await file('signed/a b.txt').getMetadata())[0]).toMatchObject({
      contentType: 'text/plain',
      metadata: { name: 'logo' },
    });
    const [readUrl] = await signed.getSignedUrl({ version: 'v4', action: 'read', expires });
    expect(await (await fetch(readUrl)).text()).toBe('signed');
  });

  test('a V4 URL opens a resumable upload', async () => {
    const [url] = await signer()
      .file('signed-resumable')
      .getSignedUrl({ version: 'v4', action: 'resumable', expires: Date.now() + 60_000 });
    const started = await fetch(url, { method: 'POST', headers: { 'x-goog-resumable': 'start' } });
    expect(started.status).toBe(201);
    await fetch(started.headers.get('location') ?? '', { method: 'PUT', body: 'resumed' });
    expect((await file('signed-resumable').download())[0].toString()).toBe('resumed');
  });

  test('an expired URL is refused', async () => {
    await save('guarded');
    const [url] = await signer()
      .file('guarded')
      .getSignedUrl({ version: 'v4', action: 'read', expires: Date.now() + 60_000 });
    const past = url.replace(/X-Goog-Date=\d{8}/, 'X-Goog-Date=20200101');
    expect((await fetch(past)).status).toBe(400);
  });
});

test('a public object carries its validators, and answers 304 to its own ETag', async () => {
  await file('public.png').save('png', {
    resumable: false,
    metadata: {
      contentType: 'image/png',
      cacheControl: 'public, max-age=300',
      metadata: { source: 'upload' },
    },
  });
  const url = `${storage.server.url}/pictures/public.png`;
  const response = await fetch(url);
  const [{ generation }] = await file('public.png').getMetadata();
  const etag = `"${createHash('md5').update('png').digest('hex')}"`;
  expect(Object.fromEntries(response.headers)).toMatchObject({
    etag,
    'content-type': 'image/png',
    'cache-control': 'public, max-age=300',
    'x-goog-generation': generation,
    'x-goog-hash': expect.stringMatching(/^crc32c=.{8},md5=.{24}$/),
    'x-goog-meta-source': 'upload',
    'content-length': '3',
  });
  expect(Date.parse(response.headers.get('last-modified') ?? '')).not.toBeNaN();
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await fetch(url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '3', '']);
});

test('metadata stays out of media answers of the JSON API', async () => {
  await file('quiet').save('x', { resumable: false, metadata: { metadata: { secret: 'yes' } } });
  const response = await fetch(`${storage.server.url}/storage/v1/b/pictures/o/quiet?alt=media`);
  expect([...response.headers.keys()].filter((name) => name.startsWith('x-goog-meta-'))).toEqual([]);
});
