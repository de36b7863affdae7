import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signUrl } from '../../cli/commands/sign.ts';
import { form, post, startTestService, type TestService } from '../inline/setup.ts';
import { picture } from './setup.ts';

const key = 'k'.repeat(32);
let open: TestService;
let signed: TestService;
let image: Buffer;
beforeAll(async () => {
  image = await picture();
  open = await startTestService();
  signed = await startTestService({ ENABLE_URL_SIGNATURE: 'true', URL_SIGNATURE_KEY: key });
});
afterAll(async () => {
  await open.close();
  await signed.close();
});

const part = () => ({ data: image, name: 'x.png' });

test.each([
  [
    'image and format: the inline door',
    '/convert',
    { image: part, format: () => 'jpg', name: () => 'a' },
    200,
    'text/plain; charset=utf-8',
  ],
  [
    'format alone: the inline door, which misses the picture',
    '/convert',
    { format: () => 'jpg' },
    400,
    'application/json',
  ],
  ["file and a type in the query: Imaginary's", '/convert?type=jpeg', { file: part }, 200, 'image/jpeg'],
  [
    "image and a type in the query: Imaginary's",
    '/convert?type=webp&field=image',
    { image: part },
    200,
    'image/webp',
  ],
  ["file alone: Imaginary's, which misses the type", '/convert', { file: part }, 400, 'application/json'],
])('POST /convert with %s', async (_title, path, parts, status, type) => {
  const made = Object.fromEntries(Object.entries(parts).map(([name, make]) => [name, make()]));
  const answer = await post(open.url + path, made);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
});

test.each(['/Convert', '/convert/', '/CONVERT/'])(
  'a form with a picture to %s goes to the inline door, as Express reads paths',
  async (path) => {
    const answer = await post(open.url + path, { image: part(), format: 'jpg', name: 'a' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  },
);

test.each(['/converted', '/uploadsx', '/convert.jpg'])('%s is no path of the inline door', async (path) => {
  const answer = await post(open.url + path, { image: part(), format: 'jpg', name: 'a' });
  expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('Not found')]);
});

test('a raw body goes to Imaginary', async () => {
  const body = image as Uint8Array<ArrayBuffer>;
  const answer = await fetch(`${open.url}/convert?type=png`, { method: 'POST', body });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
});

test('signatures guard both doors', async () => {
  const parts = { image: part(), format: 'jpg', name: 'b' };
  const send = async (path: string) =>
    (await fetch(signed.url + path, { method: 'POST', body: form(parts) })).status;
  expect([await send('/convert'), await send(signUrl('/convert', { key }))]).toEqual([403, 200]);
});

test.each([
  ['switched off', { DISABLE_ENDPOINTS: 'convert' }, [501, 501, 200]],
  ['throttled', { THROTTLE_PER_SECOND: '1', THROTTLE_BURST: '0' }, [200, 429, 200]],
])('an endpoint that is %s is so at both doors together', async (_what, env, expected) => {
  const service = await startTestService(env);
  const statuses = [
    (await post(service.convertUrl, { image: part(), format: 'jpg', name: 'c' })).status,
    (await post(`${service.convertUrl}?type=jpeg`, { file: part() })).status,
    (await post(`${service.url}/flip`, { file: part() })).status,
  ];
  await service.close();
  expect(statuses).toEqual(expected);
});

test('requests without the key do not use up the rate limit of the inline door', async () => {
  const service = await startTestService({
    API_KEY: 'sesame',
    THROTTLE_PER_SECOND: '1',
    THROTTLE_BURST: '0',
  });
  const send = async (key: string) =>
    (await post(service.convertUrl, { key, image: part(), format: 'jpg', name: 'd' })).status;
  const statuses = [await send('wrong'), await send('wrong'), await send('sesame'), await send('sesame')];
  await service.close();
  expect(statuses).toEqual([401, 401, 200, 429]);
});

test('one line is logged for each request, without its signature', async () => {
  const url = signUrl('/flip?text=a', { key });
  await fetch(signed.url + url, { method: 'POST', body: image as Uint8Array<ArrayBuffer> });
  const line = await signed.line((one) => one.operation === 'flip');
  expect(line).toMatchObject({
    door: 'onthefly',
    event: 'converted',
    filetype: 'png',
    bytesIn: image.length,
  });
  expect(JSON.stringify(line)).not.toContain(url.split('sign=')[1]);
});
