import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listen, type RunningServer } from '../../common/server/listen.ts';

let server: RunningServer;
let arrived: (res: ServerResponse) => void;
beforeAll(async () => {
  server = await listen((_req, res) => arrived(res), { host: '127.0.0.1', port: 0, drainMs: 0 });
});
afterAll(async () => await server.close());

/** Sends a request and closes the sending side; resolves when the handler has it. */
async function sendHalf(version: string): Promise<{ socket: Socket; res: ServerResponse }> {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  arrived = resolve;
  const socket = connect({
    port: Number(new URL(server.url).port),
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  socket.end(`GET /x HTTP/${version}\r\nHost: x\r\n\r\n`);
  const res = await promise;
  if (!socket.writableFinished) await once(socket, 'finish');
  return { socket, res };
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket) text += piece;
  return text;
}

test('a client that has closed its sending side gets interim responses while it waits, and then its response', async () => {
  const { socket, res } = await sendHalf('1.1');
  const [interim] = await once(socket, 'data');
  expect(String(interim)).toMatch(/^(HTTP\/1\.1 102 Processing\r\n\r\n)+$/);
  res.end('done');
  expect(await textOf(socket)).toMatch(
    /^(HTTP\/1\.1 102 Processing\r\n\r\n)*HTTP\/1\.1 200 OK\r\n[\s\S]*done/,
  );
});

test('a client of HTTP/1.0 gets its response alone', async () => {
  const { socket, res } = await sendHalf('1.0');
  res.end('done');
  expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*done$/);
});

test('a client that is gone is noticed while its response is made', async () => {
  const { socket, res } = await sendHalf('1.1');
  socket.destroy();
  await once(res, 'close');
  expect(res.writableFinished).toBe(false);
});

test('a half-closed connection is closed once its response is sent', async () => {
  const { socket, res } = await sendHalf('1.1');
  res.end();
  await textOf(socket);
  expect(socket.readableEnded).toBe(true);
});
