import { createServer } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { closeServer, listenOn } from '../../local/kit/listening.ts';
import { png, startTestService, type TestService } from '../inline/setup.ts';
import { collectPoints, type Point, stopCollecting } from './support/recorded.ts';

afterEach(stopCollecting);

/** A server of one picture that delays its responses until `go` is called. */
async function slowPicture() {
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const data = await png();
  const server = createServer(async (_req, res) => {
    asked.resolve();
    await go.promise;
    res.writeHead(200, { etag: '"one"' }).end(data);
  });
  const url = await listenOn(server, 0, 'http');
  return { url, asked: asked.promise, go: () => go.resolve(), close: () => closeServer(server) };
}

const lines = ({ lines: all }: TestService) => all.filter(({ httpRequest }) => httpRequest);
const sumOf = (all: readonly Point[], name: string) =>
  all.filter((point) => point.name === name).reduce((sum, { value }) => sum + value, 0);
const saved = (all: readonly Point[]) =>
  all.flatMap(({ name, labels }) => (name === 'imagetx/saved' ? [labels.saved] : []));

test('of identical concurrent requests one is converted and the others are saved; a client that has the output is saved too', async () => {
  const all = collectPoints();
  const site = await slowPicture();
  const service = await startTestService({
    ENABLE_URL_SOURCE: 'true',
    ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
  });
  try {
    const url = `${service.url}/resize?width=9&url=${encodeURIComponent(`${site.url}/x.png`)}`;
    const alike = Array.from({ length: 4 }, () => fetch(url));
    await site.asked;
    // All of them are in: the server answers one more request only after it has seen these.
    await fetch(`${service.url}/health`);
    site.go();
    const [first] = await Promise.all(alike);
    const etag = first?.headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    await service.line(({ event }) => event === 'not_modified');

    expect(saved(all)).toEqual(['coalesced', 'coalesced', 'coalesced', 'not_modified']);
    const converted = lines(service).filter(({ event }) => event === 'converted');
    expect(converted).toHaveLength(1);
    expect(sumOf(all, 'mBytes/bytes')).toBe(converted[0]?.bytes);
  } finally {
    await service.close();
    await site.close();
  }
});

test('jpg and jpeg are one type: of inputs, of outputs, however a request spells them', async () => {
  const all = collectPoints();
  const service = await startTestService();
  try {
    const jpeg = await sharp(await png())
      .jpeg()
      .toBuffer();
    for (const type of ['jpeg', 'jpg']) {
      const form = new FormData();
      form.append('format', type);
      form.append('image', new Blob([new Uint8Array(jpeg)]), `a.${type}`);
      await (await fetch(`${service.url}/convert`, { method: 'POST', body: form })).arrayBuffer();
    }
    const body = new Uint8Array(jpeg);
    await (await fetch(`${service.url}/resize?width=3&type=jpeg`, { method: 'POST', body })).arrayBuffer();
    await service.line(({ door }) => door === 'onthefly');
    const types = all.flatMap(({ labels }) => [labels.input, labels.output, labels.filetype]);
    expect([...new Set(types.filter((one) => one !== undefined && one !== 'none'))]).toEqual(['jpg']);
  } finally {
    await service.close();
  }
});

test('a failed request is counted by its code, which its log line has too', async () => {
  const all = collectPoints();
  const service = await startTestService();
  try {
    const body = new FormData();
    body.append('format', 'jpg');
    body.append('image', new Blob(['no picture']), 'x.png');
    expect((await fetch(service.convertUrl, { method: 'POST', body })).status).toBe(406);
    const line = await service.line(({ code }) => code !== undefined);
    const failure = all.find(({ name }) => name === 'imagetx/failures');
    expect(failure?.labels).toMatchObject({ door: 'inline', code: line.code });
    expect(sumOf(all, 'mBytes/bytes')).toBe(0);
  } finally {
    await service.close();
  }
});
