import { expect, test } from '@jest/globals';
import { picture, post, startServer } from '../onthefly/setup.ts';

const svg = (inside: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">${inside}</svg>`);
const quick = svg('<rect width="9" height="9"/>');
/** A drawing whose size must be measured. */
const sizeless = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>');
/** Letters with a position each: half a minute of work. */
const slow = svg(`<text x="${'1 '.repeat(20_000)}">${'a'.repeat(20_000)}</text>`);

test('a slow drawing does not delay others', async () => {
  const { url } = await startServer([], { CONVERSIONS: '4', CONVERSION_SECONDS: '5' });
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

test.each([['1'], ['2']])('with %s slots, slow drawings do not delay pictures', async (slots) => {
  const { url } = await startServer([], { CONVERSIONS: slots, CONVERSION_SECONDS: '5', WAIT_MS: '60000' });
  const png = await picture();
  const order: unknown[] = [];
  const send = async (name: string, path: string, body: Buffer) =>
    order.push([name, (await post(url, path, body)).status]);
  const late = ['slow', 'slow too'].map((name) => send(name, '/convert?type=png', slow));
  for (const name of ['first', 'second', 'third']) await send(name, '/resize?width=10', png);
  await Promise.all(late);
  expect(order.slice(0, 3)).toEqual([
    ['first', 200],
    ['second', 200],
    ['third', 200],
  ]);
});

test('/info takes a slot, as a conversion does', async () => {
  const { url } = await startServer([], { CONVERSIONS: '1', WAITING_PER_CONVERSION: '1' });
  const statuses = await Promise.all(
    Array.from({ length: 8 }, async () => (await post(url, '/info', sizeless)).status),
  );
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
});
