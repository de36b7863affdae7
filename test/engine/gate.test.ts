import { expect, test } from '@jest/globals';
import { createGate } from '../../engine/gate.ts';
import { codeOf } from './support/run.ts';

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}
const options = { running: 2, waiting: 2, waitMs: 60_000 };

test('so many run, so many wait, the next is turned away at once', async () => {
  const gate = createGate(options);
  const all = [held(), held(), held(), held()];
  const running = all.map(({ work }) => gate.run(work));
  expect(gate.load()).toEqual({ running: 2, waiting: 2 });
  await expect(gate.run(async () => 1)).rejects.toMatchObject({
    code: 'too_busy',
    status: 503,
    retryAfter: 1,
  });
  for (const { end } of all) end();
  await Promise.all(running);
  expect(gate.load()).toEqual({ running: 0, waiting: 0 });
  expect(await gate.run(async () => 'again')).toBe('again');
});

test('who waits enters in turn', async () => {
  const gate = createGate({ running: 1, waiting: 9, waitMs: 60_000 });
  const first = held();
  const order: number[] = [];
  const running = [gate.run(first.work), ...[1, 2, 3, 4].map((n) => gate.run(async () => order.push(n)))];
  first.end();
  await Promise.all(running);
  expect(order).toEqual([1, 2, 3, 4]);
});

test('work that fails gives its place back', async () => {
  const gate = createGate({ running: 1, waiting: 1, waitMs: 60_000 });
  const failing = () => Promise.reject(new Error('no'));
  await expect(gate.run(failing)).rejects.toThrow('no');
  await expect(gate.run(failing)).rejects.toThrow('no');
  expect(gate.load()).toEqual({ running: 0, waiting: 0 });
});

test('who has waited too long is turned away and leaves the line', async () => {
  const gate = createGate({ running: 1, waiting: 1, waitMs: 5 });
  const first = held();
  const running = gate.run(first.work);
  expect(await codeOf(gate.run(async () => 1))).toBe('too_busy');
  expect(gate.load()).toEqual({ running: 1, waiting: 0 });
  first.end();
  await running;
  expect(gate.load().running).toBe(0);
});
