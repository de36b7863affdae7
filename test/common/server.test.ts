import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type ListenOptions, listen, listenHost, type RunningServer } from '../../common/server/listen.ts';

let running: RunningServer | undefined;
afterEach(async () => await running?.close());

async function start(handler: RequestListener, options: Partial<ListenOptions> = {}): Promise<RunningServer> {
  running = await listen(handler, { host: '127.0.0.1', port: 0, drainMs: 5_000, ...options });
  return running;
}

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

async function connection({ url }: RunningServer): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function textOn(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket) text += piece;
  return text;
}

test.each([
  [{}, '127.0.0.1'],
  [{ K_SERVICE: 'imagetx' }, '0.0.0.0'],
  [{ HOST: '::' }, '::'],
  [{ HOST: '127.0.0.1', K_SERVICE: 'imagetx' }, '127.0.0.1'],
])('with %j it listens on %s', (env, host) => {
  expect(listenHost(env)).toBe(host);
});

test('it is healthy at once, and ready when it is warm', async () => {
  const { promise: warm, resolve } = Promise.withResolvers<void>();
  const { url } = await start((_req, res) => void res.end(), { warm });
  expect([await statusOf(`${url}/healthz`), await statusOf(`${url}/readyz`)]).toEqual([200, 503]);
  resolve();
  expect([await statusOf(`${url}/healthz`), await statusOf(`${url}/readyz`)]).toEqual([200, 200]);
});

test('load does not make it unready', async () => {
  const { url } = await start(() => {}, { drainMs: 0 });
  const hanging = fetch(`${url}/hang`).catch(() => 'cut off');
  expect(await statusOf(`${url}/readyz`)).toBe(200);
  await running?.close();
  expect(await hanging).toBe('cut off');
});

test('closing lets a running request finish, refuses new ones, and says it is draining', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<() => void>();
  const server = await start((_req, res) => begin(() => void res.end('late')));
  const spare = await connection(server);
  spare.write('GET /readyz HTTP/1.1\r\nHost: x\r\n');
  const late = fetch(`${server.url}/late`);
  const finish = await begun;

  const closed = server.close();
  expect(server.isDraining()).toBe(true);
  expect(await fetch(`${server.url}/`).catch(() => 'refused')).toBe('refused');
  spare.write('\r\n');
  expect(await textOn(spare)).toMatch(/^HTTP\/1\.1 503 [\s\S]*draining/);
  finish();
  const answer = await late;
  expect([answer.status, await answer.text()]).toEqual([200, 'late']);
  await closed;
});

const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

test('a response during draining announces that the connection closes', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<() => void>();
  const server = await start((_req, res) => begin(() => void res.end('late')));
  const client = await connection(server);
  client.write(request);
  const finish = await begun;
  const closed = server.close();
  finish();
  expect(await textOn(client)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n[\s\S]*late$/);
  await closed;
});

test('a client that keeps its connection gets a response to its next request, which announces the close', async () => {
  const server = await start((_req, res) => void res.end('x'), { drainMs: 60_000 });
  const client = await connection(server);
  client.write(request);
  const [first] = await once(client, 'data');
  expect(String(first)).toMatch(/Connection: keep-alive/);
  const closed = server.close();
  client.write(request);
  expect(await textOn(client)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n/);
  await closed;
});

test('a response that had begun before draining is finished, and its connection does not delay closing', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<() => void>();
  const server = await start(
    (_req, res) => {
      res.write('first ');
      begin(() => void res.end('last'));
    },
    { drainMs: 60_000 },
  );
  const client = await connection(server);
  client.write(request);
  const finish = await begun;
  const closed = server.close();
  finish();
  expect(await textOn(client)).toMatch(/first [\s\S]*last/);
  await closed;
});

test('requests that still run after the drain time are cut off', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const server = await start(() => begin(), { drainMs: 50 });
  const stuck = fetch(`${server.url}/stuck`).catch(() => 'cut off');
  await begun;
  await server.close();
  expect(await stuck).toBe('cut off');
});

test('closing twice is closing once', async () => {
  const server = await start((_req, res) => void res.end());
  expect(server.close()).toBe(server.close());
});

test('idle connections do not hold up closing', async () => {
  const server = await start((_req, res) => void res.end('x'), { drainMs: 60_000 });
  const idle = await connection(server);
  idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(idle, 'data');
  const silent = await connection(server);
  await server.close();
  idle.destroy();
  silent.destroy();
});

test('a request line of nearly a megabyte is taken, as long signed pipelines need', async () => {
  const { url } = await start((req, res) => void res.end(String(req.url?.length)));
  const answer = await fetch(`${url}/?x=${'a'.repeat(900_000)}`);
  expect(await answer.text()).toBe('900004');
});

test('the error of an address that cannot be used is a sentence', async () => {
  const { url } = await start((_req, res) => void res.end());
  const taken = Number(new URL(url).port);
  for (const [host, port, message] of [
    [
      '127.0.0.1',
      taken,
      `cannot listen on 127.0.0.1:${taken}: another program uses this port; set PORT to a free one`,
    ],
    ['192.0.2.1', 0, /^cannot listen on 192\.0\.2\.1:0: this machine has no such address; set HOST/],
  ] as const)
    await expect(listen(() => {}, { host, port, drainMs: 0 })).rejects.toThrow(message);
});

test('a response that the client does not read is cut off after a while', async () => {
  const { promise: isSent, resolve } = Promise.withResolvers<boolean>();
  const handler: RequestListener = (_req, res) => {
    res.once('close', () => resolve(res.writableFinished));
    res.end(Buffer.alloc(64 * 1024 * 1024));
  };
  const deaf = await connection(await start(handler, { answerTimeoutMs: 20 }));
  deaf.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(await isSent).toBe(false);
  deaf.destroy();
});

test('a response after the client has disconnected leaves nothing behind', async () => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const { promise: grown, resolve } = Promise.withResolvers<number>();
  const server = await start((_req, res) => {
    res.once('close', () => {
      const before = timers();
      res.once('prefinish', () => setImmediate(() => resolve(timers() - before))).end('late');
    });
    socket.destroy();
  });
  const socket = await connection(server);
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(await grown).toBe(0);
});
