import { expect, test } from '@jest/globals';
import { createGate } from '../../common/gate.ts';
import { codeOf } from '../engine/support/run.ts';

/** Work that runs until `end` is called. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}
const options = { running: 2, waiting: 2, waitMs: 60_000 };

test('the queue is bounded, and work beyond it is refused at once', async () => {
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

test('waiting work starts in its order', async () => {
  const gate = createGate({ running: 1, waiting: 9, waitMs: 60_000 });
  const first = held();
  const order: number[] = [];
  const running = [gate.run(first.work), ...[1, 2, 3, 4].map((n) => gate.run(async () => order.push(n)))];
  first.end();
  await Promise.all(running);
  expect(order).toEqual([1, 2, 3, 4]);
});

test('work that fails frees its slot', async () => {
  const gate = createGate({ running: 1, waiting: 1, waitMs: 60_000 });
  const failing = () => Promise.reject(new Error('no'));
  await expect(gate.run(failing)).rejects.toThrow('no');
  await expect(gate.run(failing)).rejects.toThrow('no');
  expect(gate.load()).toEqual({ running: 0, waiting: 0 });
});

test('documents get at most half of the slots and of the queue', async () => {
  const gate = createGate({ running: 4, waiting: 4, waitMs: 60_000 });
  const documents = Array.from({ length: 4 }, held);
  const drawing = documents.map(({ work }) => gate.run(work, 'document'));
  expect(gate.load()).toEqual({ running: 2, waiting: 2 });
  await expect(gate.run(async () => 1, 'document')).rejects.toMatchObject({ code: 'too_busy' });
  expect(await gate.run(async () => 'pixels pass by')).toBe('pixels pass by');
  expect(gate.isFull()).toBe(false);
  for (const { end } of documents) end();
  await Promise.all(drawing);
  expect(gate.load()).toEqual({ running: 0, waiting: 0 });
});

test('pixels may have all slots, and a document waits for one', async () => {
  const gate = createGate({ running: 2, waiting: 4, waitMs: 60_000 });
  const [first, second] = [held(), held()];
  const order: string[] = [];
  const running = [gate.run(first.work), gate.run(second.work)];
  running.push(gate.run(async () => void order.push('document'), 'document'));
  running.push(gate.run(async () => void order.push('pixels')));
  expect(gate.load()).toEqual({ running: 2, waiting: 2 });
  first.end();
  second.end();
  await Promise.all(running);
  expect(order).toEqual(['document', 'pixels']);
});

test('with a single slot, a document gets a second one', async () => {
  const gate = createGate({ running: 1, waiting: 4, waitMs: 60_000 });
  const [document, picture] = [held(), held()];
  const running = [gate.run(document.work, 'document'), gate.run(picture.work)];
  expect(gate.load()).toEqual({ running: 2, waiting: 0 });
  const waiting = gate.run(async () => 1);
  expect(gate.load()).toEqual({ running: 2, waiting: 1 });
  picture.end();
  expect(await waiting).toBe(1);
  document.end();
  await Promise.all(running);
});

test('work that has waited too long is refused and leaves the queue', async () => {
  const gate = createGate({ running: 1, waiting: 1, waitMs: 5 });
  const first = held();
  const running = gate.run(first.work);
  expect(await codeOf(gate.run(async () => 1))).toBe('too_busy');
  expect(gate.load()).toEqual({ running: 1, waiting: 0 });
  first.end();
  await running;
  expect(gate.load().running).toBe(0);
});

test('work whose signal is aborted while it waits never starts', async () => {
  const gate = createGate({ running: 1 });
  const first = held();
  const order: string[] = [];
  const running = gate.run(first.work);
  const client = new AbortController();
  const second = gate.run(async () => order.push('second'), 'pixels', client.signal);
  const third = gate.run(async () => order.push('third'));
  client.abort(new Error('client disconnected'));
  await expect(second).rejects.toThrow('client disconnected');
  expect(gate.load()).toEqual({ running: 1, waiting: 1 });
  await expect(gate.run(async () => order.push('late'), 'pixels', client.signal)).rejects.toThrow('client');
  first.end();
  await Promise.all([running, third]);
  expect(order).toEqual(['third']);
});
