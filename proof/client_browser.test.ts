import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { startTestService, type TestService } from '../test/inline/setup.ts';
import { findChromium, openChromium } from './support/browser.ts';

const chromiumFile = findChromium();
if (chromiumFile === undefined) console.log('skipped: no Chromium on PATH or in CHROMIUM');
const whenThere = chromiumFile === undefined ? describe.skip : describe;

const signKey = 'k'.repeat(32);
let browser: Browser;
let page: Page;
let service: TestService;
let site: Server;

beforeAll(async () => {
  if (chromiumFile === undefined) return;
  const { outputFiles } = await build({
    entryPoints: ['client/index.ts'],
    bundle: true,
    format: 'iife',
    globalName: 'imagetx',
    write: false,
  });
  const script = outputFiles[0]?.text ?? '';
  site = createServer((_req, res) => res.end(`<!doctype html><title>x</title><script>${script}</script>`));
  await new Promise<void>((resolve) => void site.listen(0, '127.0.0.1', () => resolve()));
  service = await startTestService({
    CORS: 'true',
    ENABLE_URL_SIGNATURE: 'true',
    URL_SIGNATURE_KEY: signKey,
  });
  browser = await openChromium(chromiumFile);
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await service?.close();
});

/** A function of the page that gets the client. */
const inPage = async <T>(work: string): Promise<T> =>
  (await page.evaluate(`(async () => {
    const images = imagetx.createClient(${JSON.stringify({ url: service.url, signKey })});
    const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 });
    canvas.getContext('2d').fillRect(0, 0, 400, 600);
    const file = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    ${work}
  })()`)) as T;

whenThere('in a browser', () => {
  test('a signed operation on a file answers a picture that the browser shows', async () => {
    const work = `const blob = await images.resize(file, { width: 80, type: 'webp' });
      const shown = await createImageBitmap(blob);
      return [blob.type, shown.width, shown.height];`;
    expect(await inPage(work)).toEqual(['image/webp', 80, 60]);
  });

  test('an upload tells its progress up to its end, and answers the URL', async () => {
    const work = `const sent = [];
      const { url } = await images.upload(file, { format: 'jpg', name: 'a', onProgress: (n, all) => sent.push(n / all) });
      return [url, sent.at(-1)];`;
    expect(await inPage(work)).toEqual(['https://cdn.example/a.jpg', 1]);
  });

  test('an upload is aborted by its signal, and a refusal has its status', async () => {
    const work = `const stop = AbortSignal.abort(new Error('stopped'));
      const gone = await images.upload(file, { format: 'jpg', signal: stop, onProgress: () => {} }).catch((e) => e.message);
      const wrong = await images.upload(file, { format: 'docx' }).catch((e) => [e.name, e.status]);
      return [gone, wrong];`;
    expect(await inPage(work)).toEqual(['stopped', ['ImagetxError', 400]]);
  });
});
