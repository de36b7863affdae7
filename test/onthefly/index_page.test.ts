import { beforeAll, expect, test } from '@jest/globals';
import { get, type Server, startServer } from './setup.ts';

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
let plain: Server;
let prefixed: Server;
let closed: Server;
beforeAll(async () => {
  plain = await startServer();
  prefixed = await startServer(['-path-prefix', '/api/v1', '-key', 'a-key']);
  closed = await startServer(['-disable-endpoints', 'form']);
});

test('a browser is led from / to the page, below a prefix and without a key too', async () => {
  const answers = [await get(plain.url, '/', browser), await get(prefixed.url, '/api/v1', browser)];
  expect(answers.map(({ status, headers }) => [status, headers.location, headers.vary])).toEqual([
    [302, '/form', 'Accept'],
    [302, '/api/v1/form', 'Accept'],
  ]);
});

test.each([undefined, '*/*', 'application/json'])(
  'a program that accepts %s gets the versions',
  async (accept) => {
    const { status, headers, body } = await get(plain.url, '/', accept ? { accept } : {});
    expect(headers.link).toContain('</form>; rel="service-doc"');
    expect([status, headers.vary]).toEqual([200, undefined]);
    expect(Object.keys(JSON.parse(body.toString()))).toEqual(['imaginary', 'bimg', 'libvips']);
  },
);

test('below a prefix, where caches keep the versions, they are kept apart from the page', async () => {
  const { status, headers } = await get(prefixed.url, '/api/v1', { 'api-key': 'a-key' });
  expect([status, String(headers.vary).split(', ')]).toEqual([200, expect.arrayContaining(['Accept'])]);
});

test('without the page a browser gets the versions too', async () => {
  expect((await get(closed.url, '/', browser)).status).toBe(200);
});
