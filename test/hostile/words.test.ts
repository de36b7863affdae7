import { beforeAll, expect, test } from '@jest/globals';
import { aliases } from '../../engine/aliases.ts';
import { params } from '../../engine/params.ts';
import { get, messageOf, picture, post, type Server, startServer } from '../onthefly/setup.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer(['-enable-placeholder']);
});

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  '%s, a property of every object, is an unknown name',
  async (word) => {
    const plain = await startServer();
    const ask = async (path: string) => (await post(plain.url, path, await picture())).status;
    const paths = [`/resize?width=5&quality=${word}`, `/convert?type=${word}`, `/${word}`];
    expect(await Promise.all(paths.map(ask))).toEqual([400, 400, 404]);
    const step = `[{"operation":"resize","params":{"width":5,"${word}":{"height":1}}}]`;
    expect(await ask(`/pipeline?operations=${encodeURIComponent(step)}`)).toBe(200);
    expect(({} as { height?: unknown }).height).toBeUndefined();
  },
);

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  '%s, a property of every object, is an unknown value of every parameter',
  async (word) => {
    const plain = await startServer();
    const image = await picture();
    const names = [...Object.keys(params), ...Object.keys(aliases)];
    const statuses = await Promise.all(
      names.map(async (name) => [
        name,
        (await post(plain.url, `/resize?width=5&${name}=${word}`, image)).status < 500,
      ]),
    );
    expect(statuses.filter(([, isAnswered]) => !isAnswered)).toEqual([]);
  },
);

test.each([
  ['steps in steps', '['.repeat(20_000)],
  ['steps in steps, closed', '['.repeat(20_000) + ']'.repeat(20_000)],
  ['a value', `[{"operation":"resize","params":{"width":${'['.repeat(20_000)}${']'.repeat(20_000)}}}]`],
  ['an object', `[{"operation":"resize","params":{"width":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}}]`],
  ['10,000 steps', JSON.stringify(Array.from({ length: 10_000 }, () => ({ operation: 'flip' })))],
])('a pipeline of %s is refused', async (_what, operations) => {
  const answer = await post(
    server.url,
    `/pipeline?operations=${encodeURIComponent(operations)}`,
    await picture(),
  );
  expect(answer.status).toBe(400);
});

test('an error repeats no more of the input than fits into a header', async () => {
  const long = await get(server.url, `/resize?width=5&height=5&file=x&sigma=${'%C3%A9'.repeat(100_000)}`);
  expect(long.status).toBeGreaterThanOrEqual(400);
  expect(String(long.headers.error).length).toBeLessThan(16_384);
  const plain = await startServer();
  const refused = await post(plain.url, `/resize?width=${'x'.repeat(500_000)}`, await picture());
  expect(messageOf(refused).length).toBeLessThan(3_000);
});
