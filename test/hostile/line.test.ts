import { expect, test } from '@jest/globals';
import { post, started } from '../onthefly/setup.ts';

const svg = (inside: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">${inside}</svg>`);
const quick = svg('<rect width="9" height="9"/>');
/** Letters that are each placed by hand: half a minute of work. */
const slow = svg(`<text x="${'1 '.repeat(20_000)}">${'a'.repeat(20_000)}</text>`);

test('a drawing that takes long keeps no other one waiting', async () => {
  const { url } = await started([], { CONVERSIONS: '2', CONVERSION_SECONDS: '5' });
  const order: unknown[] = [];
  const send = async (name: string, body: Buffer) =>
    order.push([name, (await post(url, '/convert?type=png', body)).status]);
  const late = send('slow', slow);
  for (const name of ['first', 'second', 'third']) await send(name, quick);
  await late;
  expect(order).toEqual([
    ['first', 200],
    ['second', 200],
    ['third', 200],
    ['slow', 422],
  ]);
});

test('asking for the facts of a picture stands in line as converting it does', async () => {
  const { url } = await started([], { CONVERSIONS: '1', WAITING_PER_CONVERSION: '1' });
  const statuses = await Promise.all(
    Array.from({ length: 8 }, async () => (await post(url, '/info', quick)).status),
  );
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
});
