import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { form, noise, png, post, startTestService, type TestService } from './setup.ts';

const maxInputBytes = 100_000;

let service: TestService;
let logo: Buffer;
beforeAll(async () => {
  logo = await png();
  service = await startTestService({
    MAX_INPUT_BYTES: `${maxInputBytes}`,
    MAX_INPUT_MEGAPIXELS: '0.5',
    MAX_OUTPUT_SIDE: '2000',
  });
});
afterAll(async () => await service.close());

/** The fault of the form, the status, and the expected message. */
const rows = [
  ['no image', () => ({ format: 'jpg' }), 400, /^image: expected a file, got nothing/],
  ['image as text', () => ({ format: 'jpg', image: 'hello' }), 400, /^image: expected a file, got text/],
  [
    'the file under another name',
    () => ({ format: 'jpg', picture: { data: logo, name: 'x.png' } }),
    400,
    /^image: expected a file, got a file in "picture"/,
  ],
  [
    'an empty image',
    () => ({ format: 'jpg', image: { data: '', name: 'x.png' } }),
    400,
    /^image: expected a picture, got no bytes$/,
  ],
  [
    'no format',
    () => ({ image: { data: logo, name: 'x.png' } }),
    400,
    /^format: expected one of jpeg, .*got nothing/,
  ],
  [
    'an unknown format',
    () => ({ format: 'xyz', image: { data: logo, name: 'x.png' } }),
    400,
    /^format: expected one of jpeg, .*got "xyz"/,
  ],
  [
    'not an image',
    () => ({ format: 'jpg', image: { data: 'MZ\x90\0 not a picture', name: 'x.png' } }),
    406,
    /^image: expected a picture, got bytes that begin /,
  ],
  [
    'a truncated image',
    () => ({ format: 'jpg', image: { data: logo.subarray(0, 120), name: 'x.png' } }),
    400,
    /Cannot (decode|convert) image/,
  ],
  [
    'an unreadable parameter',
    () => ({ format: 'jpg', width: 'wide', image: { data: logo, name: 'x.png' } }),
    400,
    /^width: expected a whole number \(pixels\), got "wide"/,
  ],
  [
    'a misspelt field',
    () => ({ format: 'jpg', widht: '30', width: '30', image: { data: logo, name: 'x.png' } }),
    400,
    /^form: expected the fields name, format, image, preset, placeholder, key and parameters of convert .*, got "widht"$/,
  ],
  [
    'a file too many',
    () => ({ format: 'jpg', image: { data: logo, name: 'x.png' }, image2: { data: logo, name: 'y.png' } }),
    400,
    /^form: expected the fields .*, got "image2"$/,
  ],
  [
    'too large an output',
    () => ({ format: 'jpg', width: '3000', image: { data: logo, name: 'x.png' } }),
    400,
    /2000/,
  ],
  [
    'a name with ..',
    () => ({ format: 'jpg', name: 'a/../b', image: { data: logo, name: 'x.png' } }),
    400,
    /^name: expected .*got "a\/\.\.\/b"/,
  ],
  [
    'an empty name',
    () => ({ format: 'jpg', name: '', image: { data: logo, name: 'x.png' } }),
    400,
    /^name: .*empty/,
  ],
  [
    'a name too long with its extension',
    () => ({ format: 'jpg', name: 'ü'.repeat(511), image: { data: logo, name: 'x.png' } }),
    400,
    /^name: .*1024 bytes.*got 1026 bytes/,
  ],
] as const;

test.each(rows)('%s is refused by name, and nothing is written', async (_title, parts, status, message) => {
  const answer = await post(service.convertUrl, parts());
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await answer.json()).toEqual({ message: expect.stringMatching(message), status });
  expect(answer.status).toBe(status);
  const [files] = await service.storage.bucket.getFiles();
  expect(files).toEqual([]);
});

test.each<[what: string, name: string, more: string | Blob, query: string, message: RegExp]>([
  ['two formats', 'format', 'png', '', /^format: expected one value, got several$/],
  ['two pictures', 'image', new Blob(['x']), '', /^image: expected one file, got 2$/],
  ['two names in the query', 'width', '9', '?name=a&name=b', /^name: expected one value, got several$/],
  ['a field with brackets', 'width[max]', '9', '', /^form: expected the fields .*, got "width\[max\]"$/],
])('%s are refused by name, and nothing is written', async (_what, name, more, query, message) => {
  const parts = form({ format: 'jpg', image: { data: logo, name: 'x.png' } });
  parts.append(name, more);
  const answer = await fetch(service.convertUrl + query, { method: 'POST', body: parts });
  expect(await answer.json()).toEqual({ message: expect.stringMatching(message), status: 400 });
  const [files] = await service.storage.bucket.getFiles();
  expect(files).toEqual([]);
});

test('a picture with too many pixels is refused before it is decoded', async () => {
  const image = { data: await png(1000, 501), name: 'x.png' };
  const answer = await post(service.convertUrl, { format: 'jpg', image });
  expect([answer.status, await answer.json()]).toEqual([
    422,
    { message: expect.stringMatching(/0\.5/), status: 422 },
  ]);
});

test('a body over the limit is refused with 413, which names the batch door, and the connection ends', async () => {
  const answer = await post(service.convertUrl, {
    format: 'jpg',
    image: { data: await noise(400, 400), name: 'x.png' },
  });
  expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close']);
  expect(await answer.json()).toEqual({ message: expect.stringMatching(/^body: .*batch door/), status: 413 });
});

test.each([
  ['GET', '/convert', 405],
  ['PUT', '/convert', 405],
  ['GET', '/nothing', 404],
])('%s %s is answered %i', async (method, path, status) => {
  const closed = await startTestService({ DOORS: 'inline' });
  const answer = await fetch(`${closed.url}${path}`, { method });
  expect([answer.status, ((await answer.json()) as { status: number }).status]).toEqual([status, status]);
  if (status === 405) expect(answer.headers.get('allow')).toBe('POST');
  await closed.close();
});

describe('when storage fails', () => {
  let failing: TestService;
  beforeAll(async () => {
    failing = await startTestService();
  });
  afterAll(async () => await failing.close());

  const send = async (name: string) => {
    const answer = await post(failing.convertUrl, { name, format: 'jpg', image: { data: logo, name: 'x' } });
    failing.storage.server.faults.clear();
    return { status: answer.status, text: await answer.text() };
  };

  test.each([
    ['answers 503', { status: 503 }],
    ['cuts the connection', { cutRequestAfterBytes: 10 }],
  ])('and goes on to: it %s, the answer is 503 and nothing is there', async (_title, fault) => {
    failing.storage.server.faults.add({ path: '^/upload', times: 100, ...fault });
    const { status, text } = await send('down');
    expect([status, JSON.parse(text)]).toEqual([
      503,
      { message: expect.stringMatching(/storage is not available/), status: 503 },
    ]);
    expect(await failing.store.stat({ bucket: failing.bucket, name: 'down.jpg' })).toBeUndefined();
  });

  test.each([
    ['answers 503', { status: 503 }],
    ['loses its answer', { cutResponseAfterBytes: 0 }],
  ])('once: it %s, the client does not notice', async (title, fault) => {
    failing.storage.server.faults.add({ path: '^/upload', ...fault });
    expect(await send(title)).toMatchObject({ status: 200 });
  });
});

describe('with an API key', () => {
  const key = 'open-sesame';
  let guarded: TestService;
  beforeAll(async () => {
    guarded = await startTestService({ API_KEY: key, API_KEYS: 'older-key' });
  });
  afterAll(async () => await guarded.close());

  const image = () => ({ format: 'jpg', image: { data: logo, name: 'x.png' } });

  test.each([
    ['as header', () => post(guarded.convertUrl, image(), { 'API-Key': key })],
    ['as query parameter', () => post(`${guarded.convertUrl}?key=${key}`, image())],
    ['as form field before the file', () => post(guarded.convertUrl, { key, ...image() })],
    ['an older one', () => post(guarded.convertUrl, image(), { 'API-Key': 'older-key' })],
  ])('the right key %s opens the door', async (_title, send) => {
    expect((await send()).status).toBe(200);
  });

  test.each([
    ['no key', () => post(guarded.convertUrl, image())],
    ['a key that comes after the file', () => post(guarded.convertUrl, { ...image(), key })],
    ['a wrong key in the form', () => post(guarded.convertUrl, { key: `${key}x`, ...image() })],
    ['a form that is empty', () => post(guarded.convertUrl, { format: 'jpg' })],
    ['a wrong key', () => post(guarded.convertUrl, image(), { 'API-Key': `${key}x` })],
    [
      'a wrong header, whatever the query says',
      () => post(`${guarded.convertUrl}?key=${key}`, image(), { 'API-Key': 'x' }),
    ],
  ])('%s is refused with 401', async (_title, send) => {
    const answer = await send();
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { message: expect.stringMatching(/^Invalid or missing API key/), status: 401 },
    ]);
  });
});
