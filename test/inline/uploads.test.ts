import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express, { type ErrorRequestHandler } from 'express';
import { asProblem } from '../../common/problem.ts';
import { answerProblem } from '../../convert_stream/http/answer.ts';
import { createMemoryBudget, type MemoryBudget } from '../../convert_stream/upload/memory_budget.ts';
import { receiveUpload, type Upload, uploadOf } from '../../convert_stream/upload/multipart.ts';
import { until } from '../support/until.ts';
import { form } from './setup.ts';

const maxBytes = 200_000;
const maxBuffered = 300_000;
const patienceMs = 60_000;

let server: Server;
let port: number;
let budget: MemoryBudget;
const received: Upload[] = [];

const onProblem: ErrorRequestHandler = (error, req, res, _next) => answerProblem(req, res, asProblem(error));

beforeAll(async () => {
  budget = createMemoryBudget(maxBuffered);
  const app = express();
  const receive = (idleMs: number) => receiveUpload({ maxBytes, idleMs, budget, isFull: () => false });
  app.post('/impatient', receive(50));
  app.post('/', receive(patienceMs), (req, res) => {
    const upload = uploadOf(req);
    if (upload) received.push(upload);
    res.json({ buffered: budget.used(), files: upload?.files.map(({ data }) => data.length) });
  });
  app.use(onProblem);
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const send = async (parts: Parameters<typeof form>[0]): Promise<Response> =>
  await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: form(parts) });

const boundary = 'edge';
const filePart = `--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="x.png"\r\n\r\n`;

/** Opens a connection and sends the beginning of a request. */
async function begin(headers: readonly string[], path = '/'): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: x',
    `Content-Type: multipart/form-data; boundary=${boundary}`,
  ];
  socket.write(`${[...head, ...headers].join('\r\n')}\r\n\r\n`);
  return socket;
}

/** Collects everything until the server closes. */
async function answerOn(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket) text += piece;
  return text;
}

const untilFreed = (): Promise<void> => until(() => budget.used() === 0);

const chunk = (data: string): string => `${data.length.toString(16)}\r\n${data}\r\n`;

test('the bytes of an upload are reserved while its request is served, and released with the answer', async () => {
  const answer = await send({ image: { data: 'x'.repeat(50_000), name: 'x.png' }, format: 'jpg' });
  const facts = (await answer.json()) as { buffered: number };
  expect(facts.buffered).toBeGreaterThan(50_000);
  await untilFreed();
});

test('of several fields with one name the first counts', async () => {
  const parts = form({ format: 'jpg' });
  parts.append('format', 'png');
  await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: parts });
  expect(received.at(-1)?.fields.get('format')).toBe('jpg');
});

test('a field whose name has a huge number in brackets is refused, and holds nobody up', async () => {
  const parts = form({ 'a[4294967294]': '1', 'a[x]': '1' });
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: parts });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('a[4294967294]')]);
});

test('a field with brackets in its name keeps its name', async () => {
  const parts = form({ 'a[x][y]': '1', 'b[z': '2' });
  parts.append('c', '3');
  parts.append('c', '4');
  await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: parts });
  expect(received.at(-1)).toMatchObject({
    fields: new Map([
      ['a[x][y]', '1'],
      ['b[z', '2'],
      ['c', '3'],
    ]),
    ambiguous: ['c'],
  });
});

test.each([
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
])('a field called %s is a field like any other, or none', async (name) => {
  const parts = form({ [`x${name}`]: '1' });
  parts.append(name, 'polluted');
  expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: parts })).status).toBeLessThan(
    500,
  );
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
});

test('a body with too large a Content-Length is refused before it is sent', async () => {
  const socket = await begin([`Content-Length: ${maxBytes + 1}`]);
  const answer = await answerOn(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 413 .*\r\n/);
  expect(answer).toMatch(/connection: close/i);
  expect(budget.used()).toBe(0);
});

test('a chunked body is refused as soon as it exceeds the limit, before its end', async () => {
  const socket = await begin(['Transfer-Encoding: chunked']);
  const answer = answerOn(socket);
  socket.write(chunk(filePart));
  for (let sent = 0; sent <= maxBytes; sent += 50_000) socket.write(chunk('x'.repeat(50_000)));
  expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
  await untilFreed();
});

test.each([
  ['at the cap', 0, 200],
  ['a byte over it', 1, 413],
])('a body %s is answered %i', async (_title, over, status) => {
  const end = `\r\n--${boundary}--\r\n`;
  const fill = 'x'.repeat(maxBytes + over - filePart.length - end.length);
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body: `${filePart}${fill}${end}`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  });
  expect(answer.status).toBe(status);
});

test('a body that pauses too long is answered 408', async () => {
  const socket = await begin(['Content-Length: 1000'], '/impatient');
  socket.write(filePart);
  expect(await answerOn(socket)).toMatch(/^HTTP\/1\.1 408 /);
  await untilFreed();
});

test('a client that disconnects releases what it has sent', async () => {
  const count = received.length;
  const socket = await begin(['Content-Length: 100000']);
  socket.write(filePart + 'x'.repeat(50_000));
  await until(() => budget.used() >= 50_000);
  socket.destroy();
  await untilFreed();
  expect(received).toHaveLength(count);
});

test('when the memory budget is exhausted, an upload is refused with Retry-After', async () => {
  const slow = await begin(['Content-Length: 190000']);
  slow.write(filePart + 'x'.repeat(180_000));
  await until(() => budget.used() >= 180_000);
  const answer = await send({ image: { data: 'x'.repeat(150_000), name: 'x.png' } });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  slow.destroy();
  await untilFreed();
});

test.each([
  ['ends early', `${filePart}xyz`, 400],
  ['has no part', '', 400],
  [
    'has a part without a name',
    `--${boundary}\r\nContent-Disposition: form-data\r\n\r\nx\r\n--${boundary}--`,
    400,
  ],
])('a body that %s is refused with a reason', async (_title, body, status) => {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  });
  expect([answer.status, await answer.json()]).toEqual([
    status,
    { message: expect.stringMatching(/^body: expected/), status },
  ]);
  await untilFreed();
});

test('a multipart body without a boundary is refused with a reason', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body: 'x',
    headers: { 'content-type': 'multipart/form-data' },
  });
  expect([answer.status, await answer.json()]).toMatchObject([400, { status: 400 }]);
});

test('too many fields are refused', async () => {
  const fields = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`f${at}`, '1']));
  const answer = await send(fields);
  expect(await answer.json()).toEqual({ message: expect.stringMatching(/100 fields/), status: 400 });
});

test('a body that is not multipart passes on', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'raw' });
  expect(await answer.json()).toEqual({ buffered: 0 });
});

test.each([
  ['UTF-8', Buffer.from('caf\u00e9 \u65e5.png'), 'caf\u00e9 \u65e5.png'],
  ['Latin-1', Buffer.from('caf\u00e9 \u00fc.png', 'latin1'), 'caf\u00e9 \u00fc.png'],
  ['windows-1252', Buffer.from([0x80, 0x2e, 0x70, 0x6e, 0x67]), '\u20ac.png'],
  ['letters that are escaped', Buffer.from('a%22b.png'), 'a"b.png'],
])('names and texts in %s are read', async (_charset, name, text) => {
  const [before, middle, after] = [
    `--e\r\nContent-Disposition: form-data; name="image"; filename="`,
    '"\r\n\r\nx\r\n--e\r\nContent-Disposition: form-data; name="text"\r\n\r\n',
    '\r\n--e--\r\n',
  ].map((part) => Buffer.from(part)) as [Buffer, Buffer, Buffer];
  const body = Buffer.concat([before, name, middle, name, after]) as Uint8Array<ArrayBuffer>;
  const headers = { 'content-type': 'multipart/form-data; boundary=e' };
  await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers });
  const upload = received.at(-1);
  expect(upload?.files[0]?.name).toBe(text);
  if (!text.includes('"')) expect(upload?.fields.get('text')).toBe(text);
});

test('a name in its own charset is decoded', async () => {
  const head = `Content-Disposition: form-data; name="image"; filename*=UTF-8''caf%C3%A9%20%E6%97%A5.png`;
  const headers = { 'content-type': 'multipart/form-data; boundary=e' };
  const body = `--e\r\n${head}\r\n\r\nx\r\n--e--\r\n`;
  await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers });
  expect(received.at(-1)?.files[0]?.name).toBe('caf\u00e9 \u65e5.png');
});
