import { expect, test } from '@jest/globals';
import { get, sizeOf, startServer } from '../onthefly/setup.ts';

const flags = ['-enable-placeholder', '-key', 'opensesame'];

test('a placeholder has the requested size, up to four megapixels', async () => {
  const { url } = await startServer(flags);
  const small = await get(url, '/?width=2000&height=2000');
  expect([small.status, await sizeOf(small)]).toEqual([401, { format: 'jpeg', width: 2000, height: 2000 }]);
  const large = await get(url, '/?width=2001&height=2000');
  expect(JSON.parse(large.body.toString())).toMatchObject({ status: 400 });
});

test('many placeholders at once do not crash the server', async () => {
  const { url } = await startServer(flags);
  const wanted = Array.from({ length: 60 }, (_, at) => `/?width=${1900 + at}&height=2000`);
  const statuses = await Promise.all(wanted.map(async (path) => (await get(url, path)).status));
  expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(0);
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0);
});
