import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from '../../client/index.ts';
import { createSignature } from '../../convert_stream/guards/signature.ts';
import { form, startTestService, type TestService } from './setup.ts';

const signatureKey = 'a key of signed URLs, long enough';
const buckets = { SRC_BUCKET_NAME: 'sources', RECORDS_BUCKET: 'records' };
let open: TestService;
let signed: TestService;
let keyed: TestService;
beforeAll(async () => {
  open = await startDirect({
    UPLOAD_MAX_BYTES: '1000',
    UPLOAD_WAITERS: '1',
    MAX_INPUT_BYTES: '2000',
  });
  signed = await startDirect({
    UPLOAD_NAMES: 'given',
    ENABLE_URL_SIGNATURE: 'true',
    URL_SIGNATURE_KEY: signatureKey,
  });
  keyed = await startDirect({
    API_KEY: 'secret',
    THROTTLE_PER_SECOND: '1',
    THROTTLE_BURST: '5',
  });
});
/** A service with the buckets of direct uploads. */
async function startDirect(env: Readonly<Record<string, string>>): Promise<TestService> {
  const service = await startTestService({ ...buckets, ...env });
  for (const name of Object.values(buckets)) await service.storage.client.createBucket(name);
  return service;
}

afterAll(async () => {
  for (const one of [open, signed, keyed]) await one.close();
});

const json = { 'content-type': 'application/json' };

const start = (url: string, fields: object | string, headers: Readonly<Record<string, string>> = json) =>
  fetch(url, { method: 'POST', headers, body: typeof fields === 'string' ? fields : JSON.stringify(fields) });

const good = { formats: 'webp', bytes: 10 };

const ways: readonly [string, () => Promise<Response>][] = [
  ['JSON', () => start(`${open.url}/uploads`, { ...good, params: { width: 8, quality: 70 } })],
  ['JSON with lists', () => start(`${open.url}/uploads`, { ...good, formats: ['webp'], sizes: [10, 20] })],
  [
    'the query',
    () => fetch(`${open.url}/uploads?formats=webp&bytes=10&params=quality%3D70`, { method: 'POST' }),
  ],
  [
    'an urlencoded form',
    () =>
      start(`${open.url}/uploads`, 'formats=webp&bytes=10', {
        'content-type': 'application/x-www-form-urlencoded',
      }),
  ],
  [
    'a multipart form',
    () => fetch(`${open.url}/uploads`, { method: 'POST', body: form({ formats: 'webp', bytes: '10' }) }),
  ],
];

test.each(ways)('%s starts an upload', async (_way, send) => {
  const answer = await send();
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({
    uploadUrl: expect.stringMatching(/upload_id=/),
    source: expect.stringMatching(/^uploads\/[0-9a-f]{32}\/picture$/),
    statusUrl: expect.stringMatching(/^http:.*\/uploads\/[0-9a-f]{32}$/),
  });
});

const bad: readonly [string, object | string, number, RegExp][] = [
  ['no formats', { bytes: 1 }, 400, /^formats: expected a list/],
  ['no size', { formats: 'webp' }, 400, /^bytes: expected the size/],
  ['a size over the limit', { formats: 'webp', bytes: 1001 }, 413, /^bytes: expected at most 1000, got 1001/],
  ['an empty picture', { formats: 'webp', bytes: 0 }, 400, /^bytes: expected a whole number of at least 1/],
  ['a type of no picture', { ...good, type: 'text/html' }, 406, /^type: expected the type of a picture/],
  ['a format that cannot be written', { ...good, formats: 'raw' }, 400, /raw/],
  ['an unknown field', { ...good, widht: 3 }, 400, /got "widht"/],
  ['an unknown parameter', { ...good, params: 'widht=3' }, 400, /widht: no such parameter/],
  ['a name that leads out of its folder', { ...good, name: '../x' }, 400, /^name: expected a name/],
  ['a reserved name', { ...good, name: '_failed/x' }, 400, /reserved folder/],
  ['a width that is none', { ...good, sizes: 'big' }, 400, /^sizes: expected widths/],
  [
    'a list in a list',
    `{"bytes":10,"formats":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    400,
    /^formats: expected text, a number, or a list/,
  ],
  ['nothing in a list', { ...good, formats: ['webp', null] }, 400, /^formats: expected text/],
  ['an object in an object', { ...good, params: { width: { a: 1 } } }, 400, /^params: expected text/],
  ['parameters for no format', { ...good, 'params-weebp': 'quality=7' }, 400, /got "params-weebp"/],
  ['too much metadata', { ...good, params: `text=${'x'.repeat(8000)}` }, 400, /at most 7168 bytes/],
];

test.each(bad)('%s is refused before anything is written', async (_what, fields, status, message) => {
  const answer = await start(`${open.url}/uploads`, fields);
  expect(answer.status).toBe(status);
  expect(((await answer.json()) as { message: string }).message).toMatch(message);
});

test.each([
  ['the query', '?formats=webp&formats=avif', {}],
  ['a form', '', { 'content-type': 'application/x-www-form-urlencoded' }],
])('two values of one name in %s are refused', async (_where, query, headers) => {
  const body = query ? '' : 'formats=webp&bytes=10&formats=avif';
  const answer = await fetch(`${open.url}/uploads${query}`, { method: 'POST', headers, body });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { message: 'formats: expected one value, got several', status: 400 },
  ]);
});

test('an empty name is no name', async () => {
  const answer = await start(`${open.url}/uploads`, { ...good, name: '' });
  expect(await answer.json()).toMatchObject({ source: expect.stringMatching(/\/picture$/) });
});

test('the source may be encoded in the path of its state, and HEAD never waits for events', async () => {
  const { source } = (await (await start(`${open.url}/uploads`, { ...good, name: 'a/b' })).json()) as {
    source: string;
  };
  const url = `${open.url}/uploads/${encodeURIComponent(source)}`;
  expect(await (await fetch(url)).json()).toMatchObject({ source, state: 'waiting' });
  const head = await fetch(url, { method: 'HEAD', headers: { accept: 'text/event-stream' } });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/json']);
});

test('a picture that is too large for the inline door is shown the way', async () => {
  const image = { data: Buffer.alloc(3000), name: 'a.png' };
  const answer = await fetch(open.convertUrl, { method: 'POST', body: form({ format: 'webp', image }) });
  expect(answer.status).toBe(413);
  expect(await answer.text()).toContain('POST /uploads');
});

const signedUrl = (query: string): string =>
  `${signed.url}/uploads?${query}&sign=${createSignature(signatureKey, '/uploads', query)}`;

test('a signed URL fixes name and formats; its holder may add the size and type only', async () => {
  const query = 'formats=webp&name=avatars%2F42';
  const answer = await start(signedUrl(query), { bytes: 10, type: 'image/png' });
  expect(await answer.json()).toMatchObject({ outputs: [{ name: 'avatars/42.webp' }] });
  const other = await start(signedUrl('formats=webp'), { bytes: 10, name: 'avatars/43' });
  expect(other.status).toBe(400);
  expect(await other.text()).toContain('name: expected it in the signed URL');
  expect((await start(signedUrl(query), { bytes: 10, name: 'avatars/43' })).status).toBe(400);
  expect((await start(`${signed.url}/uploads?${query}`, { bytes: 10 })).status).toBe(403);
});

test('the client puts what is made into the signed URL, and stops when it is told to', async () => {
  const stop = new AbortController();
  const reason = new Error('all is sent');
  const work = createClient({ url: signed.url, signKey: signatureKey }).store(new Blob(['a picture']), {
    ...{ name: 'avatars/44', formats: ['webp', 'jpg'], sizes: [20, 30], params: { quality: 70 } },
    signal: stop.signal,
    onProgress: (sent, total) => {
      if (sent === total) stop.abort(reason);
    },
  });
  await expect(work).rejects.toBe(reason);
});

test('a start needs the key and counts for the rate; the state needs only the unguessable name', async () => {
  expect((await start(`${keyed.url}/uploads`, good)).status).toBe(401);
  const answer = await start(`${keyed.url}/uploads`, good, { ...json, 'api-key': 'secret' });
  const { statusUrl } = (await answer.json()) as { statusUrl: string };
  expect(await (await fetch(statusUrl)).json()).toMatchObject({ state: 'waiting' });
  expect((await fetch(`${keyed.url}/uploads/${'0'.repeat(32)}`)).status).toBe(404);
  const inForm = form({ formats: 'webp', bytes: '10', key: 'secret' });
  expect((await fetch(`${keyed.url}/uploads`, { method: 'POST', body: inForm })).status).toBe(201);
  const many = Array.from({ length: 10 }, () =>
    start(`${keyed.url}/uploads`, good, { ...json, 'api-key': 'secret' }),
  );
  expect((await Promise.all(many)).map(({ status }) => status)).toContain(429);
});

test('no name that a client gives replaces a source or an output of another one', async () => {
  const names = async () => {
    const answer = await start(`${open.url}/uploads`, { ...good, name: 'same' });
    const { source, outputs } = (await answer.json()) as { source: string; outputs: { name: string }[] };
    return [source, ...outputs.map(({ name }) => name)];
  };
  const [one, other] = [await names(), await names()];
  expect(one.filter((name) => other.includes(name))).toEqual([]);
});

test('clients that wait are limited, and a client that leaves makes room', async () => {
  const answer = await start(`${open.url}/uploads`, good);
  const { statusUrl } = (await answer.json()) as { statusUrl: string };
  const leave = new AbortController();
  const first = await fetch(statusUrl, { headers: { accept: 'text/event-stream' }, signal: leave.signal });
  expect(first.status).toBe(200);
  const refused = await fetch(`${statusUrl}?wait=1`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect((await fetch(statusUrl)).status).toBe(200);
  leave.abort();
  await open.line(({ event }) => event === 'upload_events');
  expect((await fetch(`${statusUrl}?wait=0.05`)).status).toBe(200);
  expect((await fetch(`${statusUrl}?wait=999`)).status).toBe(400);
});

test('presets make outputs of their own, and ONLY_PRESETS lets nothing else through', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'presets-')), 'presets.json');
  await writeFile(
    file,
    JSON.stringify({ card: { operation: 'resize', params: { width: 40, type: 'webp' } } }),
  );
  const service = await startDirect({ PRESETS: file, ONLY_PRESETS: 'true' });
  const answer = await start(`${service.url}/uploads`, { bytes: 10, presets: ['card'] });
  expect(await answer.json()).toMatchObject({
    outputs: [{ name: expect.stringMatching(/picture-card\.webp$/) }],
  });
  expect((await start(`${service.url}/uploads`, { ...good, presets: ['card'] })).status).toBe(403);
  expect((await start(`${service.url}/uploads`, { bytes: 10, presets: ['cart'] })).status).toBe(400);
  await service.close();
  await rm(dirname(file), { recursive: true });
});

test('a service without the buckets offers no direct uploads', async () => {
  const bare = await startTestService();
  expect((await start(`${bare.url}/uploads`, good)).status).toBe(404);
  await bare.close();
});
