import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestService, type TestService } from '../inline/setup.ts';
import { post, startServer } from '../onthefly/setup.ts';

const key = 'c0ffee-secret-c0ffee';
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ API_KEY: key });
});
afterAll(async () => await service.close());

/** Sends the bytes of a request unchanged. */
async function send(path: string, headers: readonly string[] = []): Promise<void> {
  const socket = connect(service.port, '127.0.0.1');
  socket.write([`POST ${path} HTTP/1.1`, 'Host: x', 'Content-Length: 0', ...headers, '', ''].join('\r\n'));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
}

test.each([
  [`/resize?k%65y=${key}`, []],
  [`/resize?%73ign=${key}`, []],
  [`/resize?key[]=${key}`, []],
  [`/resize?url=https%3A%2F%2Fx%3Fsig%3D${key}`, []],
  [`/convert?width=${key}%26sig%3D${key}`, []],
  ['/resize', [`Referer: https://x.example/?token=${key}`]],
  ['/resize', [`User-Agent: x (https://x.example/?token=${key})`]],
  [`/images/https%3A%2F%2Fme%3A${key}%40x`, []],
])('the line of a request for %s %j shows no key', async (path, headers) => {
  service.lines.length = 0;
  await send(path, headers);
  const line = JSON.stringify(await service.line(({ httpRequest }) => httpRequest !== undefined));
  expect(line).toContain('hidden');
  expect(line.replace(`width=${key}`, '')).not.toContain(key);
});

test.each([
  ['a user agent', '/resize', [`User-Agent: ${'u'.repeat(300_000)}`]],
  ['a path', `/${'p'.repeat(300_000)}`, []],
  ['a query', `/resize?x=${'q'.repeat(300_000)}`, []],
  ['a referer', '/resize', [`Referer: https://x/${'r'.repeat(300_000)}`]],
])('%s without end makes no line that Cloud Logging refuses', async (_what, path, headers) => {
  service.lines.length = 0;
  await send(path, headers);
  const line = await service.line(({ httpRequest }) => httpRequest !== undefined);
  expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThan(64 * 1024);
});

test('the access log of the command says why a request failed', async () => {
  const server = await startServer();
  await post(server.url, '/resize', Buffer.from('x'));
  while (server.out() === '') await new Promise((resolve) => setImmediate(resolve));
  expect(server.out()).toMatch(/ 406 \d+ \d\.\d{4} "Unsupported media type"$/);
});

test('the access log of the command shows no key', async () => {
  const server = await startServer();
  await post(server.url, `/resize?width=9&k%65y=${key}`, Buffer.from('x'));
  while (server.out() === '') await new Promise((resolve) => setImmediate(resolve));
  expect(server.out()).toContain('"POST /resize?width=9&k%65y=[hidden] HTTP/1.1" 406');
});
