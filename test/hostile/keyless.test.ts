import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signUrl } from '../../cli/commands/sign.ts';
import { png, post, startTestService, type TestService } from '../inline/setup.ts';

const key = 'open-sesame';
const signatureKey = 's'.repeat(32);
const services: Record<string, TestService> = {};
let image: Buffer;
beforeAll(async () => {
  image = await png();
  const settings = {
    key: { API_KEY: key, UPLOAD_IDLE_MS: '60000' },
    signed: { ENABLE_URL_SIGNATURE: 'true', URL_SIGNATURE_KEY: signatureKey },
    throttled: { THROTTLE_PER_SECOND: '1', THROTTLE_BURST: '0' },
    off: { DISABLE_ENDPOINTS: 'convert,resize' },
  };
  for (const [name, env] of Object.entries(settings)) services[name] = await startTestService(env);
});
afterAll(async () => {
  for (const service of Object.values(services)) await service.close();
});

const serviceOf = (name: string): TestService => services[name] as TestService;
const open: Socket[] = [];
afterAll(() => {
  for (const socket of open) socket.destroy();
});

const multipart = 'Content-Type: multipart/form-data; boundary=e';
const filePart = '--e\r\nContent-Disposition: form-data; name="image"; filename="x.png"\r\n\r\n';
const field = (name: string, value: string): string =>
  `--e\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

interface Begun {
  readonly path: string;
  readonly headers?: readonly string[];
  readonly bytes?: number;
  readonly body?: string | Buffer;
}

/** A request that announces `bytes` and sends `body` only. */
function begin(port: number, { path, headers = [multipart], bytes = 30_000_000, body = '' }: Begun): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  open.push(socket);
  socket.cork();
  socket.write(
    [`POST ${path} HTTP/1.1`, 'Host: x', `Content-Length: ${bytes}`, ...headers, '', ''].join('\r\n'),
  );
  socket.write(body);
  socket.uncork();
  return socket;
}

/** The status of the answer. */
async function statusOn(socket: Socket): Promise<number> {
  const [chunk] = await once(socket, 'data');
  return Number(/^HTTP\/1\.1 (\d+)/.exec(String(chunk))?.[1]);
}

const raw = 'Content-Type: image/png';

test.each([
  ['key', 'no key', '/resize?width=9', raw, 401],
  ['key', 'no key', '/resize?width=9', multipart, 401],
  ['key', 'no key', '/convert?type=png', multipart, 401],
  ['key', 'a wrong key', '/convert?key=wrong', multipart, 401],
  ['signed', 'no signature', '/convert', multipart, 403],
  ['signed', 'no signature', '/resize?width=9', raw, 403],
  ['off', 'an endpoint that is switched off', '/convert', multipart, 501],
  ['off', 'an endpoint that is switched off', '/resize?width=9', raw, 501],
])(
  '%s: a request with %s to %s (%s) is answered %i before its body',
  async (name, _why, path, type, status) => {
    expect(await statusOn(begin(serviceOf(name).port, { path, headers: [type] }))).toBe(status);
  },
);

test.each([
  ['/convert', multipart],
  ['/resize?width=9', raw],
])('a throttled request to %s is refused before its body', async (path, type) => {
  const { port } = serviceOf('throttled');
  begin(port, { path, headers: [type] });
  expect(await statusOn(begin(port, { path, headers: [type] }))).toBe(429);
});

test('a signed form is read', async () => {
  const path = signUrl('/convert', { key: signatureKey });
  const parts = { format: 'png', image: { data: image, name: 'x.png' } };
  expect((await post(serviceOf('signed').url + path, parts)).status).toBe(200);
});

test.each([
  ['its file begins', `${filePart}x`],
  ['64 KiB of it have come', field('name', 'a').repeat(1_500) + field('key', key)],
  ['a wrong one has come', field('key', 'wrong') + filePart],
])('a form without a key in its head is refused as soon as %s', async (_when, body) => {
  expect(await statusOn(begin(serviceOf('key').port, { path: '/convert', body }))).toBe(401);
});

test('a form may arrive in any chunks, its key before its file', async () => {
  const { port } = serviceOf('key');
  const body = Buffer.concat([
    Buffer.from(field('format', 'png') + field('key', key) + filePart),
    image,
    Buffer.from('\r\n--e--\r\n'),
  ]);
  const socket = begin(port, { path: '/convert', bytes: body.length }).setNoDelay();
  for (const byte of body) socket.write(Buffer.from([byte]));
  expect(await statusOn(socket)).toBe(200);
});

test('the service does not wait longer for a key than UPLOAD_IDLE_MS', async () => {
  const service = await startTestService({ API_KEY: key, UPLOAD_IDLE_MS: '200' });
  const socket = begin(service.port, { path: '/convert', body: field('name', 'a') });
  const drip = setInterval(() => socket.write(field('name', 'a')), 20);
  expect(await statusOn(socket)).toBe(401);
  clearInterval(drip);
  socket.destroy();
  await service.close();
});

/** Sends requests with the key to both doors; resolves with their statuses. */
async function withKey({ url, convertUrl }: TestService): Promise<readonly number[]> {
  const parts = { format: 'jpg', image: { data: image, name: 'x.png' } };
  const body = image as Uint8Array<ArrayBuffer>;
  const answers = [
    post(convertUrl, parts, { 'API-Key': key }),
    post(convertUrl, { key, ...parts }),
    fetch(`${url}/resize?width=9`, { method: 'POST', body, headers: { 'API-Key': key } }),
  ];
  return (await Promise.all(answers)).map(({ status }) => status);
}

test('68 slow clients without a key, 8 of them with 33 MB, do not harm a client with the key', async () => {
  const service = serviceOf('key');
  for (let at = 0; at < 68; at += 1) {
    const fill = Buffer.alloc(at < 8 ? 33_000_000 : 150_000);
    const isForm = at % 2 === 0;
    const body = Buffer.concat([
      Buffer.from(isForm ? field('name', 'a') : filePart),
      isForm ? fill.subarray(0, 50_000) : fill,
    ]);
    begin(service.port, { path: '/convert', bytes: 33_500_000, body });
  }
  for (let at = 0; at < 3; at += 1) expect(await withKey(service)).toEqual([200, 200, 200]);
});

test.each([
  ['inline', '/convert', multipart, filePart],
  ['on the fly', '/resize?width=9', raw, ''],
])(
  '%s, a body that is too slow is refused, and its memory is free for others',
  async (_door, path, type, start) => {
    const settings = { UPLOAD_IDLE_MS: '200', UPLOAD_MIN_RATE: '10000', MAX_BUFFERED_BYTES: '1000000' };
    const service = await startTestService(settings);
    const body = Buffer.concat([Buffer.from(start), Buffer.alloc(999_900)]);
    const slow = begin(service.port, { path, headers: [type], body });
    const drip = setInterval(() => slow.write('x'), 20);
    expect(await statusOn(slow)).toBe(408);
    clearInterval(drip);
    slow.destroy();
    await service.line(({ code }) => code === 'upload_timeout');
    const parts = { format: 'jpg', image: { data: image, name: 'x.png' } };
    expect((await post(service.convertUrl, parts)).status).toBe(200);
    await service.close();
  },
);
