import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { signUrl } from '../../cli/commands/sign.ts';
import { post as postForm, startTestService, type TestService } from '../inline/setup.ts';
import { get, messageOf, picture, post, sizeOf } from './setup.ts';

const PRESETS = fileURLToPath(new URL('../../docs/presets.yaml', import.meta.url));
const key = 'k'.repeat(32);
let folder: string;
let open: TestService;
let only: TestService;
let image: Buffer;
beforeAll(async () => {
  image = await picture(400, 300);
  folder = await mkdtemp(join(tmpdir(), 'presets-'));
  await writeFile(join(folder, 'a.png'), image);
  const signed = { ENABLE_URL_SIGNATURE: 'true', URL_SIGNATURE_KEY: key };
  [open, only] = await Promise.all([
    startTestService({ PRESETS, MOUNT: folder }),
    startTestService({ PRESETS, MOUNT: folder, ONLY_PRESETS: 'true', ...signed }),
  ]);
});
afterAll(async () => {
  await Promise.all([open.close(), only.close(), rm(folder, { recursive: true })]);
});

test.each([
  ['a preset', '/preset/thumb', ['webp', 240, 240]],
  ['own parameters, which win', '/preset/thumb?width=100&height=50&type=jpeg', ['jpeg', 100, 50]],
  ['a preset that builds on another', '/preset/thumb_grey', ['webp', 120, 120]],
  ['a pipeline with an own parameter', '/preset/hero?width=300&height=100', ['heif', 300, 100]],
  [
    'the empty fields of a form, which are none',
    '/preset/thumb?width=&type=&colorspace=',
    ['webp', 240, 240],
  ],
  ['a preset beside convert', '/convert?preset=thumb&type=png', ['png', 240, 240]],
  ['a preset and then another operation', '/resize?preset=thumb&width=60', ['webp', 60, 60]],
  [
    'a preset in front of a pipeline',
    `/pipeline?preset=thumb&operations=${encodeURIComponent('[{"operation":"rotate","params":{"rotate":90}}]')}`,
    ['webp', 240, 240],
  ],
])('on the fly, %s: %s gives %j', async (_what, path, expected) => {
  const answer = await post(open.url, path, image, { accept: 'image/webp' });
  const { format, width, height } = await sizeOf(answer);
  expect([format, width, height]).toEqual(expected);
});

test('a preset beside the name of a picture is done, and an empty one is none', async () => {
  const named = await get(open.url, '/images/a.png?preset=thumb', { accept: 'image/webp' });
  expect(await sizeOf(named)).toEqual({ format: 'webp', width: 240, height: 240 });
  expect(named.headers.vary).toBe('Accept');
  expect((await get(open.url, '/images/a.png?preset=')).body).toEqual(image);
});

test('the answer of a preset with type auto varies by Accept', async () => {
  const answers = await Promise.all(
    ['image/webp', 'image/png'].map((accept) => get(open.url, '/preset/thumb?file=a.png', { accept })),
  );
  expect(answers.map(({ headers }) => headers['content-type'])).toEqual(['image/webp', 'image/png']);
  expect(answers.map(({ headers }) => headers.vary)).toEqual(['Accept', 'Accept']);
  expect(answers[0]?.headers.etag).not.toBe(answers[1]?.headers.etag);
});

test('another preset file gives another ETag', async () => {
  const other = join(folder, 'other.json');
  await writeFile(other, '{"thumb": {"operation": "crop", "params": {"width": 200, "height": 200}}}');
  const changed = await startTestService({ PRESETS: other, MOUNT: folder });
  const [before, after] = await Promise.all(
    [open, changed].map(({ url }) => get(url, '/preset/thumb?file=a.png&type=png')),
  );
  await changed.close();
  expect(before?.headers.etag).toBeDefined();
  expect(before?.headers.etag).not.toBe(after?.headers.etag);
});

test.each(['/preset/nope', '/convert?type=png&preset=nope', '/preset/__proto__'])(
  'the unknown preset of %s is a 400 that lists the known ones',
  async (path) => {
    const answer = await post(open.url, path, image);
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toContain('preset: expected one of thumb, hero, thumb_grey');
  },
);

test('OpenAPI lists the names', async () => {
  const api = JSON.parse((await get(open.url, '/openapi.json')).body.toString());
  expect(api.components.parameters.preset.schema.enum).toEqual(['thumb', 'hero', 'thumb_grey']);
  expect(api.paths['/preset/{name}']).toHaveProperty('get');
});

const part = () => ({ data: image, name: 'cat.png' });

test.each([
  ['the type of the preset', { preset: 'hero' }, 'cat.avif', [400, 300]],
  ['its own format', { preset: 'hero', format: 'jpg', width: '200', height: '100' }, 'cat.jpg', [200, 100]],
  ['a format by Accept', { preset: 'thumb' }, 'cat.webp', [240, 240]],
  ['what it says beside empty fields', { preset: 'thumb', width: '', format: '' }, 'cat.webp', [240, 240]],
])('inline, a preset gives %s', async (_what, fields, name, size) => {
  const answer = await postForm(
    open.convertUrl,
    { ...fields, image: part() },
    { accept: 'application/json, image/webp' },
  );
  const { url, width, height } = (await answer.json()) as Record<string, unknown>;
  expect([url, [width, height]]).toEqual([`https://cdn.example/${name}`, size]);
});

test('inline, an unknown preset is refused', async () => {
  const answer = await postForm(open.convertUrl, { preset: 'nope', image: part() });
  expect([answer.status, await answer.text()]).toEqual([
    400,
    expect.stringContaining('expected one of thumb'),
  ]);
});

const sign = (path: string): string => signUrl(path, { key });

test('a signed URL is valid for no other split of the same letters into preset and query', async () => {
  const signed = signUrl('/preset/thumb_grey?file=a.png', { key, expires: 1 });
  const other = signed.replace('thumb_grey?', 'thumb?').replace('expires=1', '_greyexpires=1');
  expect((await get(only.url, other)).status).toBe(403);
});

test('with ONLY_PRESETS a preset is answered, by a signed URL', async () => {
  const answer = await get(only.url, sign('/preset/thumb?file=a.png'), { accept: 'image/webp' });
  expect(await sharp(answer.body).metadata()).toMatchObject({ format: 'webp', width: 240 });
  expect((await get(only.url, '/preset/thumb?file=a.png')).status).toBe(403);
  expect((await get(only.url, sign('/health'))).status).toBe(200);
});

test.each([
  '/preset/thumb?file=a.png&width=9',
  '/preset/thumb?file=a.png&w=9',
  '/preset/thumb?file=a.png&filt=sepia',
  '/preset/thumb?file=a.png&preset=hero',
  '/preset/thumb?file=a.png&operations=[]',
  '/preset/thumb?file=a.png&image=http://127.0.0.1/x.png',
  '/resize?file=a.png&width=9',
  '/convert?file=a.png&preset=thumb',
  '/pipeline?file=a.png&operations=[{"operation":"flip"}]',
  '/info?file=a.png',
  '/images/a.png?w=9',
  '/images/a.png',
])('with ONLY_PRESETS %s is refused though it is signed', async (path) => {
  const answer = await get(only.url, sign(encodeURI(path)));
  expect([answer.status, messageOf(answer)]).toEqual([403, expect.stringContaining('ONLY_PRESETS')]);
});

test.each([
  [{ format: 'jpg' }, 403],
  [{ preset: 'thumb', width: '9' }, 403],
  [{ preset: 'thumb', format: 'png' }, 403],
  [{ preset: 'thumb', name: 'x' }, 200],
])('with ONLY_PRESETS the form %j is answered with %i', async (fields, status) => {
  const parts: Readonly<Record<string, string>> = fields as never;
  const answer = await postForm(only.url + sign('/convert'), { ...parts, image: part() });
  expect(answer.status).toBe(status);
});

test.each([
  ['a fault', 'faulty.yaml', 'thumb: { operation: shrink }', 'thumb.operation: expected one of'],
  ['no file', 'none.yaml', undefined, 'none.yaml: expected a file that can be read, got ENOENT'],
])('the service does not start with presets that have %s', async (_what, name, text, message) => {
  const file = join(folder, name);
  if (text) await writeFile(file, text);
  await expect(startTestService({ PRESETS: file })).rejects.toThrow(message);
});
