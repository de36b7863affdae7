import { expect, test } from '@jest/globals';
import { get, sizeOf, startServer } from '../onthefly/setup.ts';
import { signalWorkers } from '../support/codec_workers.ts';
import { until } from '../support/until.ts';

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
  signalWorkers('SIGSTOP');
  const statuses: number[] = [];
  const asked = Array.from({ length: 40 }, async (_, at) => {
    statuses.push((await get(url, `/?width=${1900 + at}&height=2000`)).status);
  });
  // One is drawn, 32 wait.
  await until(() => statuses.length === 7);
  expect(new Set(statuses)).toEqual(new Set([503]));
  signalWorkers('SIGCONT');
  await Promise.all(asked);
  expect(statuses).toContain(401);
});
