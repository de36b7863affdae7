import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { createClient, ImagetxError } from '../../client/index.ts';
import { startTestService, type TestService } from '../inline/setup.ts';
import { picture } from '../onthefly/setup.ts';

const key = 'a-key';
const signKey = 'k'.repeat(32);
let service: TestService;
let signed: TestService;
let image: File;
beforeAll(async () => {
  const bytes = (await picture(60, 40)) as Uint8Array<ArrayBuffer>;
  image = new File([bytes], 'cat.png', { type: 'image/png' });
  [service, signed] = await Promise.all([
    startTestService({ API_KEY: key }),
    startTestService({ ENABLE_URL_SIGNATURE: 'true', URL_SIGNATURE_KEY: signKey }),
  ]);
});
afterAll(async () => await Promise.all([service.close(), signed.close()]));

const factsOf = async (blob: Blob) => {
  const { format, width } = await sharp(await blob.arrayBuffer()).metadata();
  return [format, width];
};

test('an operation on bytes answers the picture', async () => {
  const images = createClient({ url: service.url, key });
  expect(await factsOf(await images.resize(image, { width: 30, type: 'webp' }))).toEqual(['webp', 30]);
  const bytes = new Uint8Array(await image.arrayBuffer());
  const steps = [
    { operation: 'crop', width: 20, height: 20 },
    { operation: 'convert', type: 'jpeg' },
  ] as const;
  expect(await factsOf(await images.pipeline(bytes, steps))).toEqual(['jpeg', 20]);
});

test('upload stores the output, and answers its facts', async () => {
  const images = createClient({ url: service.url, key });
  const sent: number[] = [];
  const answer = await images.upload(image, {
    format: 'jpg',
    name: 'folder/cat',
    width: 30,
    onProgress: (bytes) => sent.push(bytes),
  });
  expect(answer).toMatchObject({
    url: 'https://cdn.example/folder/cat.jpg',
    type: 'image/jpeg',
    width: 30,
    height: 20,
  });
  expect(sent).toEqual([0, image.size]);
});

test('info tells about a picture', async () => {
  expect(await createClient({ url: service.url, key }).info(image)).toMatchObject({
    width: 60,
    height: 40,
    type: 'png',
    hasAlpha: false,
  });
});

test('placeholders come with info and with an upload, typed', async () => {
  const images = createClient({ url: service.url, key });
  const { placeholder } = await images.info(image, { placeholder: ['color', 'lqip'] });
  expect(placeholder).toMatchObject({
    color: expect.stringMatching(/^#/),
    lqip: expect.stringMatching(/^data:/),
  });
  const made = await images.upload(image, { format: 'webp', placeholder: ['thumbhash', 'color'] });
  expect(Object.keys(made.placeholder ?? {}).sort()).toEqual(['color', 'palette', 'thumbhash']);
});

test('requests are signed too', async () => {
  const images = createClient({ url: signed.url, signKey });
  expect(await factsOf(await images.resize(image, { width: 30, type: 'png' }))).toEqual(['png', 30]);
  expect(await images.upload(image, { format: 'webp' })).toMatchObject({ type: 'image/webp' });
});

const refusalOf = async (work: Promise<unknown>): Promise<ImagetxError> =>
  await work.then(
    () => {
      throw new Error('expected a refusal');
    },
    (error: unknown) => error as ImagetxError,
  );

test('a refusal is an error with its status and sentence', async () => {
  const images = createClient({ url: service.url, key });
  const wrong = await refusalOf(images.upload(image, { format: 'docx' as never }));
  expect(wrong).toBeInstanceOf(ImagetxError);
  expect([wrong.status, wrong.message]).toEqual([400, expect.stringContaining('docx')]);
  const stranger = await refusalOf(createClient({ url: service.url }).resize(image, { width: 9 }));
  expect(stranger.status).toBe(401);
  const gone = await refusalOf(createClient({ url: 'http://127.0.0.1:1' }).resize(image, { width: 9 }));
  expect([gone.status, gone.message]).toEqual([0, expect.stringContaining('no answer from')]);
});

test('a request that is aborted fails with the reason of its signal', async () => {
  const controller = new AbortController();
  const reason = new Error('no longer wanted');
  const work = createClient({ url: service.url, key }).upload(image, {
    format: 'avif',
    signal: controller.signal,
  });
  controller.abort(reason);
  await expect(work).rejects.toBe(reason);
});

test('after a cut, store asks for the state of the outputs again', async () => {
  let asked = 0;
  const server = createServer((req, res) => {
    const base = `http://${req.headers.host}`;
    if (req.method === 'POST') return res.end(JSON.stringify({ uploadUrl: `${base}/put`, statusUrl: base }));
    if (req.method === 'PUT') return res.end();
    asked += 1;
    if (asked === 1) return res.destroy();
    return res.end(JSON.stringify({ source: 'a', state: asked === 2 ? 'waiting' : 'done', outputs: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const stored = await createClient({ url }).store(image, { formats: ['webp'] });
    expect([stored.state, asked]).toEqual(['done', 3]);
  } finally {
    server.close().closeAllConnections();
  }
});

test('an answer of another server is an ImagetxError, not a fault of JSON', async () => {
  const server = createServer((_req, res) => res.end('<html>Please log in'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    for (const work of [createClient({ url }).info('a.png'), createClient({ url }).upload(image, {})]) {
      const error = await work.catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(ImagetxError);
      expect(error).toMatchObject({ status: 200, message: 'expected JSON, got <html>Please log in' });
    }
  } finally {
    server.close().closeAllConnections();
  }
});
