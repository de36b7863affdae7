import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { formWith } from '../imaginary/server.ts';
import { closeAtEnd, get, picture, post, startServer } from '../onthefly/setup.ts';

async function website(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closeAtEnd({ close: () => server.closeAllConnections() ?? server.close() });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const noise = (side: number): Promise<Buffer> =>
  sharp({
    create: {
      width: side,
      height: side,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .jpeg({ quality: 40 })
    .toBuffer();

test('pictures that are being fetched count against the memory budget, and are released', async () => {
  const half = Buffer.alloc(600_000);
  const open: (() => void)[] = [];
  const site = await website((_req, res) => {
    res.write(half);
    open.push(() => res.end());
  });
  const { url } = await startServer(['-enable-url-source'], { MAX_BUFFERED_BYTES: '1000000' });
  const asked = Array.from({ length: 4 }, (_, at) => get(url, `/info?url=${site}/${at}`));
  // The second to arrive is refused at once; which of the others fit is a race.
  const first = await Promise.race(asked);
  expect(first.status).toBe(503);
  while (open.length < 4) await get(url, '/health');
  for (const end of open) end();
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses).toContain(406);
  const later = get(url, `/info?url=${site}/again`);
  while (open.length < 5) await get(url, '/health');
  open[4]?.();
  expect((await later).status).toBe(406);
});

const unreadAnswers = [
  ['on the fly', 'type=tiff', (body: Buffer) => ({ type: 'image/jpeg', body })],
  ['inline', 'format=tiff', (body: Buffer) => formWith('image', 'noise.jpg', body)],
] as const;
test.each(unreadAnswers)(
  '%s, a picture that its client does not read counts until the client disconnects',
  async (_door, query, bodyOf) => {
    const { url } = await startServer([], { MAX_BUFFERED_BYTES: '25000000', DOORS: 'inline,onthefly' });
    const { type, body } = bodyOf(await noise(2400));
    const headers = { 'content-type': type };
    const { hostname, port } = new URL(url);
    const deaf = connect(Number(port), hostname);
    closeAtEnd({ close: () => deaf.destroy() });
    const head = `POST /convert?${query} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`;
    deaf.write(head);
    deaf.write(body);
    await new Promise((resolve) => deaf.once('readable', resolve));
    const ask = async () => (await post(url, `/convert?${query}`, body, headers)).status;
    expect(await ask()).toBe(503);
    deaf.destroy();
    let status = 503;
    for (let tries = 0; tries < 50 && status === 503; tries += 1) status = await ask();
    expect(status).toBe(200);
  },
);

test('a fetched picture counts until the last request that shares it is done', async () => {
  const picture = await noise(1200);
  const held: Record<string, (() => void)[]> = { '/shared.jpg': [], '/logo.jpg': [] };
  const logo = await noise(20);
  const site = await website(({ url = '' }, res) => {
    const send = () => res.end(url === '/logo.jpg' ? logo : picture);
    held[url]?.push(send) ?? send();
  });
  const release = async (path: string) => {
    while (held[path]?.length === 0) await get(url, '/health');
    held[path]?.shift()?.();
  };
  const maxBytes = String(Math.ceil(picture.length * 1.9));
  const { url } = await startServer(['-enable-url-source'], { MAX_BUFFERED_BYTES: maxBytes });
  const shared = `/watermarkimage?url=${site}/shared.jpg&image=${site}/logo.jpg&type=jpeg&quality=5`;
  const asked = [get(url, shared), get(url, shared)];
  for (let turns = 0; turns < 50; turns += 1) await get(url, '/health');
  await release('/shared.jpg');
  await release('/logo.jpg');
  expect((await Promise.race(asked)).status).toBe(200);
  expect((await get(url, `/info?url=${site}/other.jpg`)).status).toBe(503);
  await release('/logo.jpg');
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await get(url, `/info?url=${site}/other.jpg`)).status).toBe(200);
});

test('a slow server of watermarks does not delay other conversions', async () => {
  const waiting: (() => void)[] = [];
  const site = await website((_req, res) => void waiting.push(() => res.destroy()));
  const { url } = await startServer([], { CONVERSIONS: '1' });
  const body = await picture();
  const slow = post(url, `/watermarkimage?image=${site}/logo.png`, body);
  while (waiting.length === 0) await get(url, '/health');
  expect((await post(url, '/flip', body)).status).toBe(200);
  for (const end of waiting) end();
  expect((await slow).status).toBe(400);
});

const packings = [
  ['gzip', gzipSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
] as const;
test.each(packings)('a crowd of %s bombs is refused within bounded memory', async (coding, pack) => {
  const bomb = pack(Buffer.alloc(30_000_000));
  const site = await website((_req, res) => res.writeHead(200, { 'content-encoding': coding }).end(bomb));
  const { url } = await startServer(['-enable-url-source'], { MAX_BUFFERED_BYTES: '70000000' });
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  const asked = Array.from({ length: 30 }, (_, at) => get(url, `/info?url=${site}/${at}`));
  const statuses = new Set((await Promise.all(asked)).map(({ status }) => status));
  clearInterval(watch);
  // All of them together would be 900 MB; the budget and what code and garbage take is less than half of that.
  expect(peak - before).toBeLessThan(400_000_000);
  for (const status of statuses) expect([400, 406, 503]).toContain(status);
  expect((await get(url, `/info?url=${site}/again`)).status).toBe(406);
});
