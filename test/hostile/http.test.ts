import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import { messageOf, picture, post, type Server, startServer } from '../onthefly/setup.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});

/** Sends these bytes and collects the response until the server closes. */
const answerTo = (bytes: string | Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.once('error', reject).once('close', () => resolve(text));
  });

const hidden = '0\r\n\r\nGET /health HTTP/1.1\r\nhost: x\r\n\r\n';

test.each([
  ['two kinds of length', 'content-length: 4\r\ntransfer-encoding: chunked'],
  ['an encoding that is none', 'transfer-encoding: xchunked'],
  ['two lengths', 'content-length: 4\r\ncontent-length: 5'],
  ['a length that is no number', 'content-length: 4, 5'],
])('a request with %s is refused, and nothing in it is taken for another', async (_what, headers) => {
  const text = await answerTo(`POST /flip HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n${hidden}`);
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
});

const parts = (count: number, head = ''): Buffer =>
  Buffer.from(
    `${Array.from({ length: count }, (_, at) => `--b\r\nContent-Disposition: form-data; name="p${at}"${head}\r\n\r\nx\r\n`).join('')}--b--\r\n`,
  );

test.each([
  ['10,000 parts', parts(10_000)],
  ['a part of 20,000 headers', parts(1, `\r\n${`x-a: ${'y'.repeat(1000)}\r\n`.repeat(20_000)}x-b: c`)],
])('a form with %s is refused', async (_what, body) => {
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  expect((await post(server.url, '/convert?type=png', body, headers)).status).toBe(400);
});

test.each([
  ['a very long query', `x=${'y'.repeat(900_000)}`, 200],
  ['10,000 parameters', Array.from({ length: 10_000 }, (_, at) => `p${at}=1`).join('&'), 200],
])('%s is read', async (_what, query, status) => {
  expect((await post(server.url, `/resize?width=20&${query}`, await picture())).status).toBe(status);
});

const odd = (text: string): string => encodeURIComponent(text);

test.each([
  ['letters of several scripts', odd('\u0627\u0300\u{1f600}'.repeat(3_000)), 400],
  ['150,000 words', 'lorem+'.repeat(150_000), 400],
  ['marks on one letter', `a${odd('\u0300'.repeat(50_000))}`, 400],
  ['marks of direction', `${odd('\u202e\u202d'.repeat(2_000))}x`, 200],
  ['tags in tags', odd('<span font="9999">'.repeat(2_000)), 400],
  ['the name of a file for a font', `a&font=${odd('../../../etc/passwd 12')}`, 200],
  ['letters as large as a house', `a&font=${odd('sans 999999')}`, 400],
])('a watermark of %s is drawn or refused', async (_what, text, status) => {
  expect((await post(server.url, `/watermark?text=${text}`, await picture(300, 200))).status).toBe(status);
});

/** The body of a picture; its size in the answer shows that it was read. */
const flip = async (target: string, headers = ''): Promise<Buffer> => {
  const body = await picture();
  const head = `POST ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n${headers}\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
};

test.each(['http://x.example', 'HTTPS://x.example:8080', 'http://x.example/..//'])(
  'a target that is a whole URL is taken: %s',
  async (origin) => {
    const path = origin.endsWith('/') ? 'flip' : '/flip?type=png';
    const status = origin.endsWith('/') ? 301 : 200;
    expect(await answerTo(await flip(origin + path))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  },
);

test('two Host headers are refused', async () => {
  expect(await answerTo(await flip('/flip', 'Host: y\r\n'))).toMatch(/^HTTP\/1\.1 400 /);
});

test.each([
  ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'missing required Host header'],
  ['a method in small letters', 'get / HTTP/1.1\r\n\r\n', 400, 'expected a well-formed HTTP request, got: '],
  ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'well-formed'],
  ['an unknown expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n', 417, 'expected 100-continue'],
  ['too many headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(1_100_000)}\r\n\r\n`, 431, 'shorter headers'],
])('a request with %s is refused with a sentence', async (_what, bytes, status, sentence) => {
  const text = await answerTo(bytes).catch((error: unknown) => String(error));
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*\r\n\r\n[^]*${sentence}`));
});

const statuses = (text: string): readonly string[] => text.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [];

test('what follows the last request of a connection changes nothing', async () => {
  const last = await flip('/flip?type=png');
  expect(statuses(await answerTo(Buffer.concat([last, last])))).toEqual(['200']);
  expect(statuses(await answerTo(Buffer.concat([last, Buffer.from('\r\nnonsense\r\n\r\n')])))).toEqual([
    '200',
  ]);
});

test('whole requests before nonsense get their answers', async () => {
  const body = await picture();
  const head = `POST /flip HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  const one = Buffer.concat([Buffer.from(head), body]);
  const text = await answerTo(Buffer.concat([one, one, Buffer.from('nonsense\r\n\r\n')]));
  expect(statuses(text)).toEqual(['200', '200', '400']);
});

test('a client that asks before it sends its body is told to send it only if it is read', async () => {
  const ask = (length: number): string =>
    `POST /flip HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
  expect(statuses(await answerTo(ask(999_999_999)))).toEqual(['413']);
  const body = await picture();
  expect(statuses(await answerTo(Buffer.concat([Buffer.from(ask(body.length)), body])))).toEqual([
    '100',
    '200',
  ]);
  const twice = Buffer.concat([Buffer.from(ask(body.length).replace('Connection: close\r\n', '')), body]);
  const after = Buffer.from('GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const text = await answerTo(Buffer.concat([twice, after]));
  expect(statuses(text)).toEqual(['100', '200', '200']);
  expect(text).toMatch(/\r\nconnection: keep-alive\r\n/i);
  const kept = ask(999_999_999).replace('Connection: close\r\n', '');
  expect(await answerTo(kept)).toMatch(/^HTTP\/1\.1 413 [\s\S]*\r\nconnection: close\r\n/i);
});

test.each([
  ['gzip', gzipSync],
  ['X-GZIP', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['gzip', (plain: Buffer) => plain],
  ['utf-8', (plain: Buffer) => plain],
] as const)('a picture packed by Content-Encoding %s is read', async (coding, pack) => {
  const headers = { 'content-encoding': coding, 'content-type': 'image/png' };
  expect((await post(server.url, '/flip', pack(await picture()), headers)).status).toBe(200);
});

test('a picture that unpacks to more than the limit is refused, and so is a packed form', async () => {
  const bomb = gzipSync(Buffer.alloc(70_000_000));
  expect((await post(server.url, '/flip', bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  const form = gzipSync(parts(1));
  const headers = { 'content-encoding': 'gzip', 'content-type': 'multipart/form-data; boundary=b' };
  const answer = await post(server.url, '/flip', form, headers);
  expect([answer.status, messageOf(answer)]).toEqual([
    406,
    expect.stringContaining('Content-Encoding: expected a form that is not packed, got gzip'),
  ]);
});

test('the type of a form is read in any letters', async () => {
  const body = await picture();
  const form = Buffer.concat([
    Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'),
    body,
    Buffer.from('\r\n--b--\r\n'),
  ]);
  const headers = { 'content-type': 'Multipart/Form-Data; charset=utf-8; Boundary="b"' };
  expect((await post(server.url, '/flip', form, headers)).status).toBe(200);
});

test.each([
  ['GET', '/flip', 'POST'],
  ['DELETE', '/flip', 'POST'],
  ['PUT', '/health', 'GET, HEAD, POST'],
])('%s %s is refused with what is allowed: %s', async (method, path, allowed) => {
  const text = await answerTo(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(text).toMatch(/^HTTP\/1\.1 405 /);
  expect(text).toMatch(new RegExp(`\r\nallow: ${allowed}\r\n`, 'i'));
});

test('a page of another site can read that its key is wrong', async () => {
  const { url } = await startServer(['-key', 'sesame', '-cors']);
  const headers = { origin: 'https://x.example', 'api-key': 'wrong' };
  const answer = await post(url, '/flip', await picture(), headers);
  expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([401, '*']);
});

test.each(['99', '199', '600'])('a placeholder with status %s is refused at start', async (status) => {
  await expect(startServer(['-placeholder-status', status])).rejects.toThrow('the server did not start');
});
