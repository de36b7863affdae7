import { connect } from 'node:net';
import { beforeAll, expect, test } from '@jest/globals';
import { picture, post, type Server, startServer } from '../onthefly/setup.ts';

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
