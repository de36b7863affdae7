import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { markDeleted } from '../../cloud/deleted_mark.ts';
import { animation, blue, green, red } from '../engine/support/pictures.ts';
import { png, post, startTestService, type TestService } from './setup.ts';

let service: TestService;
let logo: Buffer;
beforeAll(async () => {
  logo = await png();
  service = await startTestService();
});
afterAll(async () => await service.close());

const stored = async (name: string) => {
  const ref = { bucket: service.bucket, name };
  const facts = await service.store.stat(ref);
  return { facts, data: facts && (await service.store.read(ref)) };
};

test('the answer to a form is the CDN URL of the picture, as text', async () => {
  const answer = await post(service.convertUrl, {
    name: 'logo2',
    format: 'jpg',
    image: { data: logo, name: 'logo.png' },
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(await answer.text()).toBe('https://cdn.example/logo2.jpg');

  const { facts, data } = await stored('logo2.jpg');
  expect(facts).toMatchObject({
    contentType: 'image/jpeg',
    cacheControl: 'public, max-age=300, stale-while-revalidate=86400',
    metadata: {
      door: 'inline',
      operation: 'convert',
      'source-name': 'logo.png',
      'source-bytes': String(logo.length),
    },
  });
  expect(await sharp(data).metadata()).toMatchObject({ format: 'jpeg', width: 60, height: 40 });
});

test.each([
  ['curl/8.5.0', '\n'],
  ['Wget/1.21', '\n'],
  ['node', ''],
])('%s gets the URL with %j at its end', async (agent, end) => {
  const form = { name: 'ended', format: 'jpg', image: { data: logo, name: 'logo.png' } };
  const answer = await post(service.convertUrl, form, { 'user-agent': agent });
  expect(await answer.text()).toBe(`https://cdn.example/ended.jpg${end}`);
});

test.each([
  ['image first', ['image', 'name', 'format']],
  ['image last', ['format', 'name', 'image']],
  ['image between', ['name', 'image', 'format']],
])('fields come in any order: %s', async (title, order) => {
  const parts = { name: `order/${title}`, format: 'webp', image: { data: logo, name: 'x.png' } };
  const sorted = Object.fromEntries(order.map((field) => [field, parts[field as keyof typeof parts]]));
  const answer = await post(service.convertUrl, sorted);
  expect(await answer.text()).toBe(`https://cdn.example/order/${title.replace(' ', '%20')}.webp`);
});

test.each([
  { params: { scale: '0.5' }, size: [30, 20] },
  { params: { width: '30' }, size: [30, 20] },
  { params: { height: '10' }, size: [15, 10] },
  { params: { width: '20', height: '20' }, size: [20, 20] },
  { params: {}, size: [60, 40] },
])('$params make a picture of $size', async ({ params, size }) => {
  const answer = await post(
    service.convertUrl,
    { format: 'png', image: { data: logo, name: 'sized.png' }, ...params },
    { accept: 'application/json' },
  );
  expect(await answer.json()).toMatchObject({ width: size[0], height: size[1] });
});

test('with Accept: application/json the answer describes the output', async () => {
  const answer = await post(
    service.convertUrl,
    { name: 'a/b/ü x', format: 'WebP', image: { data: logo, name: 'logo.png' } },
    { accept: 'application/json' },
  );
  const { facts, data } = await stored('a/b/ü x.webp');
  expect(await answer.json()).toEqual({
    url: 'https://cdn.example/a/b/%C3%BC%20x.webp',
    bytes: data?.length,
    width: 60,
    height: 40,
    type: 'image/webp',
    generation: facts?.generation,
  });
});

test('answer, log and object tell of frames over the limit; a missing page is refused', async () => {
  const limited = await startTestService({ MAX_FRAMES: '2' });
  const image = { data: await animation('gif', [red, green, blue]), name: 'a.gif' };
  const order = { name: 'cut', format: 'webp', image };
  const answer = await post(limited.convertUrl, order, { accept: 'application/json' });
  expect(answer.headers.get('image-frames-left-out')).toBe('1');
  expect(await answer.json()).toMatchObject({ framesLeftOut: 1 });
  await limited.line(({ event, framesLeftOut }) => event === 'converted' && framesLeftOut === 1);
  const facts = await limited.store.stat({ bucket: limited.bucket, name: 'cut.webp' });
  expect(facts?.metadata).toMatchObject({ 'frames-left-out': '1' });
  const beyond = await post(limited.convertUrl, { ...order, page: '3' });
  expect([beyond.status, await beyond.text()]).toEqual([
    400,
    expect.stringContaining('page: expected 0 to 2, got 3'),
  ]);
  await limited.close();
});

test('without a name the output has the name of the uploaded file', async () => {
  const answer = await post(service.convertUrl, {
    format: 'tif',
    image: { data: logo, name: 'Ünï.v2.png' },
  });
  expect(decodeURI(await answer.text())).toBe('https://cdn.example/Ünï.v2.tif');
  const { facts } = await stored('Ünï.v2.tif');
  expect(facts).toMatchObject({ contentType: 'image/tiff', metadata: { 'source-name': 'Ünï.v2.png' } });
});

test('a file name keeps an ending that is not a picture’s, with a chosen format too', async () => {
  const name = 'Screenshot 2024-01-02 at 10.30.15';
  for (const format of ['tif', 'auto']) {
    const answer = await post(service.convertUrl, { format, image: { data: logo, name } });
    const url = decodeURI(await answer.text());
    expect(url.startsWith(`https://cdn.example/${name}.`)).toBe(true);
  }
});

test('an existing output is replaced, and the last upload wins', async () => {
  const send = async (width: string) =>
    await post(service.convertUrl, {
      name: 'again',
      format: 'png',
      width,
      image: { data: logo, name: 'x.png' },
    });
  for (const width of ['10', '20', '30']) expect((await send(width)).status).toBe(200);
  const { data } = await stored('again.png');
  expect(await sharp(data).metadata()).toMatchObject({ width: 30 });
});

test('several uploads of one name at once all succeed, and one of them is stored', async () => {
  const widths = [11, 12, 13];
  const answers = await Promise.all(
    widths.map((width) =>
      post(service.convertUrl, {
        name: 'race',
        format: 'png',
        width: `${width}`,
        image: { data: logo, name: 'x.png' },
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const { data } = await stored('race.png');
  expect(widths).toContain((await sharp(data).metadata()).width);
});

test('the only picture that remains of a deleted upload is not replaced', async () => {
  const place = { bucket: service.bucket, name: 'only.png' };
  const data = Buffer.from('the only copy');
  const generation = await service.store.write({ ...place, data, contentType: 'image/png' });
  await markDeleted(service.store, { ...place, generation });
  const answer = await post(service.convertUrl, {
    name: 'only',
    format: 'png',
    image: { data: logo, name: 'x.png' },
  });
  expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('only.png')]);
  expect(String((await stored('only.png')).data)).toBe('the only copy');
});

test('one log line describes the whole job', async () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  await post(
    `${service.convertUrl}?key=s3cr3t`,
    { name: 'logged', format: 'jpeg', image: { data: logo, name: 'x.png' } },
    { traceparent: `00-${trace}-b7ad6b7169203331-01` },
  );
  const line = await service.line(({ name }) => name === 'logged.jpeg');
  const { facts } = await stored('logged.jpeg');
  expect(line).toMatchObject({
    severity: 'INFO',
    event: 'converted',
    door: 'inline',
    filetype: 'jpg',
    bytesIn: logo.length,
    bytes: facts?.bytes,
    generation: facts?.generation,
    httpRequest: { requestMethod: 'POST', requestUrl: '/convert?key=[hidden]', status: 200 },
  });
  expect(service.lines.filter(({ name }) => name === 'logged.jpeg')).toHaveLength(1);
});

describe('without CDN_URL', () => {
  let bare: TestService;
  beforeAll(async () => {
    bare = await startTestService({ CDN_URL: '' });
  });
  afterAll(async () => await bare.close());

  test('the answer is the picture, and it is stored', async () => {
    const answer = await post(bare.convertUrl, { format: 'svg', image: { data: logo, name: 'logo.png' } });
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    const kept = await bare.store.read({ bucket: bare.bucket, name: 'logo.svg' });
    expect(Buffer.from(await answer.arrayBuffer()).equals(kept)).toBe(true);
  });
});

describe('without a bucket', () => {
  let bare: TestService;
  beforeAll(async () => {
    bare = await startTestService({ CDN_URL: '', DEST_BUCKET_NAME: '' });
  });
  afterAll(async () => await bare.close());

  test('the answer is the picture, and nothing is stored', async () => {
    const answer = await post(bare.convertUrl, { format: 'png', image: { data: logo, name: 'logo.png' } });
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).toMatchObject({ width: 60 });
    const [files] = await bare.storage.bucket.getFiles();
    expect(files).toEqual([]);
  });
});

describe('settings of outputs', () => {
  let set: TestService;
  beforeAll(async () => {
    set = await startTestService({
      IMMUTABLE_NAMES: 'true',
      CACHE_CONTROL: 'no-store',
      PREDEFINED_ACL: 'publicRead',
      CDN_URL: 'https://cdn.example/base/',
    });
  });
  afterAll(async () => await set.close());

  test.each([
    ['hero-0123abcd', 'public, max-age=31536000, immutable'],
    ['hero-0123abcx', 'no-store'],
  ])('%s is cached as %s', async (name, cacheControl) => {
    const answer = await post(set.convertUrl, { name, format: 'png', image: { data: logo, name: 'x' } });
    expect(await answer.text()).toBe(`https://cdn.example/base/${name}.png`);
    expect(await set.store.stat({ bucket: set.bucket, name: `${name}.png` })).toMatchObject({ cacheControl });
  });

  test('the access list is as the setting says', async () => {
    await post(set.convertUrl, { name: 'open', format: 'png', image: { data: logo, name: 'x' } });
    const [acl] = await set.storage.bucket.file('open.png').acl.get();
    expect(acl).toMatchObject([{ entity: 'allUsers', role: 'READER' }]);
  });
});
