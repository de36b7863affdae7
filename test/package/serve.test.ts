import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import express from 'express';
import { signUrl } from '../../cli/commands/sign.ts';
import { createHandler } from '../../package/serve.ts';
import type { HandlerOptions } from '../../package/types.ts';
import { look, png } from '../batch/support/pictures.ts';

async function serving(server: Server, work: (url: string) => Promise<void>): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close().closeAllConnections();
  }
}

const withHandler = (options: HandlerOptions, work: (url: string) => Promise<void>): Promise<void> =>
  serving(createServer(createHandler(options)), work);

async function pictureFrom(answer: Response) {
  return { status: answer.status, ...(await look(Buffer.from(await answer.arrayBuffer()))) };
}

const post = async (url: string, body: FormData | Uint8Array<ArrayBuffer>): Promise<Response> =>
  await fetch(url, { method: 'POST', body });

test('the handler serves the on-the-fly door in a server of node:http', () =>
  withHandler({ mount: 'docs/pictures' }, async (url) => {
    const answer = await fetch(`${url}/resize?file=source.webp&width=30&type=jpeg`);
    expect(await pictureFrom(answer)).toMatchObject({ status: 200, format: 'jpeg', width: 30 });
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
  }));

test('a body that a parser has read is told at once', async () => {
  const app = express();
  app.use(express.raw({ type: 'image/png' }), createHandler({ mount: 'docs/pictures' }));
  await serving(createServer(app), async (url) => {
    const body = new Uint8Array(await png(60, 40));
    const headers = { 'content-type': 'image/png' };
    const answer = await fetch(`${url}/resize?width=30`, { method: 'POST', body, headers });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('a handler before this one has read it');
    expect((await fetch(`${url}/resize?file=source.webp&width=30`)).status).toBe(200);
  });
});

test('Express mounts it beside its own routes', async () => {
  const app = express();
  app.use('/images', createHandler({}));
  app.get('/', (_req, res) => void res.send('mine'));
  await serving(createServer(app), async (url) => {
    const body = new Uint8Array(await png(60, 40));
    expect(await pictureFrom(await post(`${url}/images/resize?width=30`, body))).toMatchObject({
      ...{ status: 200, format: 'png', width: 30 },
    });
    expect(await (await fetch(url)).text()).toBe('mine');
  });
});

test('with its mount as the prefix, pages, signatures and redirects have the whole path', async () => {
  const key = 'a key of more than thirty-two letters';
  const app = express();
  app.use(
    '/images',
    createHandler({ pathPrefix: '/images', enableUrlSignature: true, urlSignatureKey: key }),
  );
  await serving(createServer(app), async (url) => {
    const body = new Uint8Array(await png(60, 40));
    const signed = signUrl('/images/resize?width=30', { key });
    expect(await pictureFrom(await post(`${url}${signed}`, body))).toMatchObject({ status: 200, width: 30 });
    const unclean = await fetch(`${url}/images//resize?width=30`, { redirect: 'manual' });
    expect(unclean.headers.get('location')).toBe('/images/resize?width=30');
  });
});

test('the inline door answers with the picture, where it is open', async () => {
  const form = new FormData();
  form.append('format', 'webp');
  form.append('width', '30');
  form.append('image', new Blob([new Uint8Array(await png(60, 40))]), 'a.png');
  await withHandler({ doors: ['inline', 'onthefly'] }, async (url) => {
    expect(await pictureFrom(await post(`${url}/convert`, form))).toMatchObject({
      ...{ status: 200, format: 'webp', width: 30 },
    });
  });
});

test('each request is told to onRequest, without its key', async () => {
  const told = Promise.withResolvers<string>();
  const options = { apiKey: 'secret-key', onRequest: (facts: object) => told.resolve(JSON.stringify(facts)) };
  await withHandler(options, async (url) => {
    const answer = await post(`${url}/resize?width=3&key=secret-key`, new Uint8Array(await png()));
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    const line = await told.promise;
    expect(line).toContain('"status":200');
    expect(line).not.toContain('secret-key');
  });
});

test.each([
  [{ mounts: 'x' }, 'mounts: no such setting; did you mean mount?'],
  [{ concurency: 3 }, 'concurency: no such setting'],
  [{ maxFrames: 'many' }, 'maxFrames: expected a whole number'],
  [{ doors: ['back'] }, 'doors: expected a comma-separated list of inline, onthefly'],
])('settings %j are refused at once', (options, message) => {
  expect(() => createHandler(options as HandlerOptions)).toThrow(message);
});

test('settings that do not work are told by `ready` and by every request', async () => {
  const handler = createHandler({ mount: '/no/such/folder' });
  await expect(handler.ready).rejects.toThrow('is not a directory');
  await serving(createServer(handler), async (url) => {
    expect((await fetch(`${url}/health`)).status).toBe(400);
  });
});
