import { expect, test } from '@jest/globals';
import { picture, post, startServer } from '../onthefly/setup.ts';
import { signalWorkers } from '../support/codec_workers.ts';
import { until } from '../support/until.ts';

const svg = (inside: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">${inside}</svg>`);
const quick = svg('<rect width="9" height="9"/>');
/** A drawing whose size must be measured. */
const sizeless = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>');
/** Letters with a position each: half a minute of work, which a test ends. */
const slow = svg(`<text x="${'1 '.repeat(20_000)}">${'a'.repeat(20_000)}</text>`);

test('a slow drawing does not delay others', async () => {
  const { url } = await startServer([], { CONVERSIONS: '4' });
  const order: unknown[] = [];
  const send = async (name: string, body: Buffer) =>
    order.push([name, (await post(url, '/convert?type=png', body)).status]);
  const late = send('slow', slow);
  for (const name of ['first', 'second', 'third']) await send(name, quick);
  signalWorkers('SIGKILL');
  await late;
  expect(order).toEqual([
    ['first', 200],
    ['second', 200],
    ['third', 200],
    ['slow', 422],
  ]);
});

test.each([['1'], ['2']])('with %s slots, slow drawings do not delay pictures', async (slots) => {
  const { url } = await startServer([], { CONVERSIONS: slots, WAIT_MS: '60000' });
  const png = await picture();
  const order: unknown[] = [];
  const send = async (name: string, path: string, body: Buffer) =>
    order.push([name, (await post(url, path, body)).status]);
  const late = ['slow', 'slow too'].map((name) => send(name, '/convert?type=png', slow));
  for (const name of ['first', 'second', 'third']) await send(name, '/resize?width=10', png);
  signalWorkers('SIGKILL');
  await Promise.all(late);
  expect(order.slice(0, 3)).toEqual([
    ['first', 200],
    ['second', 200],
    ['third', 200],
  ]);
});

test('/info takes a slot, as a conversion does', async () => {
  const { url } = await startServer([], { CONVERSIONS: '1', WAITING_PER_CONVERSION: '1' });
  signalWorkers('SIGSTOP');
  const statuses: number[] = [];
  const asked = Array.from({ length: 8 }, async () => {
    statuses.push((await post(url, '/info', sizeless)).status);
  });
  await until(() => statuses.length === 6);
  signalWorkers('SIGCONT');
  await Promise.all(asked);
  expect(statuses).toEqual([...Array(6).fill(503), 200, 200]);
});
