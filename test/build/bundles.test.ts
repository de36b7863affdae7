import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import { bucketOf } from '../local/support/cloud.ts';
import { removeDir, temporaryDir } from '../support/folder.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const entries = {
  inline: join(dist, 'imagetx/main.cjs'),
  converter: join(dist, 'imagebatch/main.cjs'),
  fan: join(dist, 'fan/index.js'),
};

let dir: string;
let cloud: LocalCloud;
let logo: Buffer;

beforeAll(async () => {
  await run(process.execPath, ['build/main.ts'], { cwd: root });
  dir = await temporaryDir();
  logo = await readFile(join(root, 'logo.png'));
  cloud = await startLocalCloud({
    dir,
    ports: 'random',
    certificates: join(dir, 'certs'),
    entries,
    trace: true,
    env: {
      REQUIRE_AUTH: 'false',
      FONTCONFIG_FILE: '',
      ENABLE_URL_SOURCE: 'true',
      ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
    },
  });
});

afterAll(async () => {
  await cloud?.close();
  await removeDir(dir);
});

const formOf = (fields: Readonly<Record<string, string>>, picture: Buffer): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('image', new Blob([new Uint8Array(picture)]), 'logo.png');
  return form;
};

const post = (fields: Readonly<Record<string, string>>, picture = logo): Promise<Response> =>
  fetch(`${cloud.urls.inline}/convert`, { method: 'POST', body: formOf(fields, picture) });

async function output(name: string) {
  const [data] = await bucketOf(cloud, 'destination').file(name).download();
  return await sharp(data).metadata();
}

test('the bundled inline service converts and writes to the bucket', async () => {
  const answer = await post({ name: 'inline', format: 'webp', width: '64' });
  expect([answer.status, await answer.text()]).toEqual([200, `${cloud.urls.cdn}/inline.webp`]);
  expect(await output('inline.webp')).toMatchObject({ format: 'webp', width: 64 });
});

test('the bundled on-the-fly door resizes and says how it is', async () => {
  const resized = await fetch(`${cloud.urls.inline}/resize?width=50&type=jpeg`, {
    method: 'POST',
    body: new Uint8Array(logo),
    headers: { 'content-type': 'image/png' },
  });
  expect(resized.headers.get('content-type')).toBe('image/jpeg');
  expect((await fetch(`${cloud.urls.inline}/health`)).status).toBe(200);
});

test('the bundle contains the page to try the operations, with its pictures', async () => {
  const page = await fetch(`${cloud.urls.inline}/form`);
  expect(await page.text()).toMatch(/<div id="app">[\s\S]*<script>\S/);
  for (const name of ['photo', 'logo']) {
    const picture = await fetch(`${cloud.urls.inline}/form?picture=${name}`);
    expect((await sharp(await picture.arrayBuffer()).metadata()).width).toBeGreaterThan(500);
  }
});

test('the bundled on-the-fly door fetches a picture by its URL', async () => {
  const origin = createServer((_req, res) => res.end(logo)).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const { port } = origin.address() as AddressInfo;
  try {
    const query = `width=50&url=http://127.0.0.1:${port}/logo.png`;
    const resized = await fetch(`${cloud.urls.inline}/resize?${query}`);
    expect([resized.status, resized.headers.get('content-type')]).toEqual([200, 'image/png']);
  } finally {
    origin.close().closeAllConnections();
  }
});

test.each([
  ['ImageMagick, in its worker', '@imagemagick/magick-wasm', 'bmp'],
  ['PDFium, in its worker', '@hyzyla/pdfium', 'pdf'],
])('the bundle reads what %s knows', async (_title, name, format) => {
  if (!existsSync(join(root, 'node_modules', name))) {
    return void process.stderr.write(`skipped: ${name} is not installed\n`);
  }
  await post({ name: 'there', format });
  const [there] = await bucketOf(cloud, 'destination').file(`there.${format}`).download();
  const back = await post({ name: `back-${format}`, format: 'png' }, there);
  expect([back.status, await back.text()]).toEqual([200, `${cloud.urls.cdn}/back-${format}.png`]);
  expect((await output(`back-${format}.png`)).width).toBeGreaterThan(10);
});

test('the bundled Fan and converter make the outputs of an upload', async () => {
  await bucketOf(cloud, 'source')
    .file('logo.png')
    .save(logo, { resumable: false, metadata: { metadata: { name: 'batch', formats: 'jpg,avif' } } });
  await cloud.idle();
  expect(await output('batch.jpg')).toMatchObject({ format: 'jpeg' });
  expect(await output('batch.avif')).toMatchObject({ format: 'heif' });
});

test('the bundles send their spans to a collector', async () => {
  while (cloud.viewer?.traces().length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(cloud.viewer?.traces().length).toBeGreaterThan(0);
});

test('the bundled command converts a file and serves as Imaginary does', async () => {
  const made = join(dir, 'made.webp');
  const command = [entries.inline, 'convert', join(root, 'logo.png'), '-o', made, '--params', 'width=40'];
  await run(process.execPath, command);
  expect(await sharp(await readFile(made)).metadata()).toMatchObject({ format: 'webp', width: 40 });
  await expect(run(process.execPath, [entries.inline, 'serve', '-nonsense'])).rejects.toMatchObject({
    code: 2,
  });
});

test('without any optional engine the bundle draws an SVG in its worker', async () => {
  const slim = join(dir, 'slim');
  await cp(join(dist, 'imagetx'), slim, { recursive: true });
  await mkdir(join(slim, 'node_modules'));
  await symlink(join(root, 'node_modules/@img'), join(slim, 'node_modules/@img'), 'junction');
  const [drawing, made] = [join(dir, 'drawing.svg'), join(dir, 'drawing.png')];
  await writeFile(drawing, '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>');
  await run(process.execPath, [join(slim, 'main.cjs'), 'convert', drawing, '-o', made]);
  expect(await sharp(await readFile(made)).metadata()).toMatchObject({ width: 30, height: 20 });
});

test.each([
  ['imagetx', ['sharp', 'express', 'multer', '@google-cloud/storage']],
  ['imagebatch', ['sharp', 'jose', '@google-cloud/storage']],
  ['fan', ['@opentelemetry/api', '@google-cloud/tasks']],
])('dist/%s has source maps and the notices of what it is made of', async (folder, packages) => {
  const files = await readdir(join(dist, folder));
  const scripts = files.filter((file) => /^(?!main).*\.c?js$/.test(file));
  expect(scripts.length).toBeGreaterThan(0);
  expect(files).toEqual(expect.arrayContaining(scripts.map((file) => `${file}.map`)));
  const notices = await readFile(join(dist, folder, 'THIRD_PARTY_LICENCES.txt'), 'utf8');
  const named = [...notices.matchAll(/^(\S+) \d\S*: /gm)].map(([, name]) => name);
  expect(named).toEqual(expect.arrayContaining(packages));
});

test('only the framework is left to be installed for Fan', async () => {
  const { dependencies, main, type } = JSON.parse(await readFile(join(dist, 'fan/package.json'), 'utf8'));
  expect({ main, type }).toEqual({ main: 'index.js', type: 'module' });
  expect(Object.keys(dependencies)).toEqual(['@google-cloud/functions-framework']);
});
