import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { testStorage } from '../support/storage.ts';

let storage: Awaited<ReturnType<typeof testStorage>>;
beforeAll(async () => {
  storage = await testStorage();
  await storage.bucket.file('x').save('0123456789', { resumable: false });
});
afterEach(() => storage.server.faults.clear());
afterAll(() => storage.close());

const get = () => fetch(`${storage.server.url}/pictures/x`);
const statuses = async (calls: number) => {
  const answers = [];
  for (let call = 0; call < calls; call++) answers.push((await get()).status);
  return answers;
};

test('the next N matching calls fail with a status, the others do not', async () => {
  storage.server.faults.add({
    method: 'GET',
    path: '^/pictures/',
    times: 2,
    status: 503,
    headers: { 'retry-after': '7' },
  });
  expect((await fetch(`${storage.server.url}/b/pictures/o/x`)).status).toBe(200);
  const failed = await get();
  expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '7']);
  expect(await statuses(2)).toEqual([503, 200]);
});

test('a probability affects the same calls for the same seed', async () => {
  const run = async (seed: number) => {
    storage.server.faults.clear();
    storage.server.faults.add({ probability: 0.5, seed, status: 500 });
    return statuses(40);
  };
  const first = await run(7);
  expect(new Set(first)).toEqual(new Set([200, 500]));
  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
});

test('an answer is cut inside its body', async () => {
  const whole = await get();
  const text = await whole.text();
  storage.server.faults.add({ path: '^/pictures/x$', cutResponseAfterBytes: headBytes(whole) + 4 });
  const cut = await get();
  const reader = cut.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(text.slice(0, 4));
  await expect(reader?.read()).rejects.toThrow();
});

/** Bytes of an answer's head, as Node writes it. */
function headBytes(response: Response): number {
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 200 OK`, ...lines, '', ''].join('\r\n').length;
}

test('a call whose response is lost was carried out, one whose request is cut was not', async () => {
  const put = (name: string) =>
    fetch(`${storage.server.url}/pictures/${name}`, { method: 'PUT', body: 'abc' });
  storage.server.faults.add({ path: 'answer-lost', cutResponseAfterBytes: 0 });
  storage.server.faults.add({ path: 'request-cut', cutRequestAfterBytes: 1 });
  await expect(put('answer-lost')).rejects.toThrow();
  await expect(put('request-cut')).rejects.toThrow();
  expect(await storage.bucket.file('answer-lost').exists()).toEqual([true]);
  expect(await storage.bucket.file('request-cut').exists()).toEqual([false]);
});

test('a delayed call is served after calls that came later', async () => {
  storage.server.faults.add({ path: 'x\\?slow', delayMs: 1000 });
  const order: string[] = [];
  const slow = fetch(`${storage.server.url}/pictures/x?slow`).then(() => order.push('slow'));
  await Promise.all([slow, get().then(() => order.push('quick'))]);
  expect(order).toEqual(['quick', 'slow']);
});

test('faults are added, listed and removed over HTTP', async () => {
  const control = (init?: RequestInit) =>
    fetch(`${storage.server.url}/_faults`, init).then((answer) => answer.json());
  await control({
    method: 'POST',
    body: JSON.stringify([
      { path: 'x', status: 429 },
      { path: 'y', status: 500 },
    ]),
  });
  expect(await statuses(2)).toEqual([429, 200]);
  expect(await control()).toEqual([
    { path: 'x', status: 429, left: 0, hits: 1 },
    { path: 'y', status: 500, left: 1, hits: 0 },
  ]);
  expect(await control({ method: 'DELETE' })).toEqual([]);
});
