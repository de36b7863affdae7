import { expect, test } from '@jest/globals';
import { health, serverUrl, serverWords } from '../../cli/commands/health.ts';
import { startWith } from '../imaginary/server.ts';

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const said: string[] = [];
  const write = (text: string): void => void said.push(text);
  const code = await health(args, { env, out: write, err: write });
  return { code, said: said.join('\n') };
}

test.each([
  ['node /app/main.cjs', {}, 'http://127.0.0.1:8080'],
  ['node /app/main.cjs', { PORT: '9001' }, 'http://127.0.0.1:9001'],
  ['node /app/main.cjs -p 9000 -enable-url-source', {}, 'http://127.0.0.1:9000'],
  ['node /app/main.cjs -key  -p 9000', {}, 'http://127.0.0.1:9000'],
  ['node /app/main.cjs -p 9000', { PORT: '9001' }, 'http://127.0.0.1:9001'],
  ['node /app/main.cjs main.cjs serve -p 9000', {}, 'http://127.0.0.1:9000'],
  ['/sbin/docker-init -- node /app/main.cjs -enable-url-source', {}, 'http://127.0.0.1:8088'],
  ['node /app/main.cjs serve -a ::1 -p 9000 -certfile c.pem -keyfile k.pem', {}, 'https://[::1]:9000'],
  ['/sbin/init', {}, 'http://127.0.0.1:8088'],
] as const)('the server of `%s` with %j is found', (line, env, url) => {
  expect(serverUrl(serverWords(`${line.replaceAll(' ', '\0')}\0`), env)).toBe(url);
});

test('a server is healthy whatever key and path prefix it wants', async () => {
  const server = await startWith(['-key', 'secret', '-path-prefix', '/img']);
  if (typeof server === 'number') throw new Error('the server did not start');
  const { port } = new URL(server.url);
  expect(await run([server.url])).toEqual({ code: 0, said: '' });
  expect(await run(['-p', port])).toEqual({ code: 0, said: '' });
  await server.running.close();
  const after = await run(['-p', port]);
  expect(after.code).toBe(1);
  expect(after.said).toContain(`:${port}/readyz: expected status 200, got`);
});

test('a wrong flag is a wrong call', async () => {
  expect(await run(['-nonsense'])).toEqual({
    code: 2,
    said: 'imagetx: flag provided but not defined: -nonsense',
  });
});
