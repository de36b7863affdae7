import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { type LocalCloud, startLocalCloud } from '../local/cloud.ts';
import { bucketOf, buildBundles, entries, untilThere } from './support/bundles.ts';

/** The calls that users of the other programs make today, against the bundles that are deployed. */
const root = join(import.meta.dirname, '..');
let dir: string;
let cloud: LocalCloud;
let logo: Buffer;

beforeAll(async () => {
  await buildBundles();
  dir = await mkdtemp(join(tmpdir(), 'imagetx-migrations-'));
  logo = await readFile(join(root, 'logo.png'));
  cloud = await startLocalCloud({
    dir,
    ports: 'random',
    certificates: join(dir, 'certs'),
    entries,
    // As the page about Firebase says: what the extension is set up with once.
    env: {
      REQUIRE_AUTH: 'false',
      DEFAULT_SIZES: '200,400',
      DEFAULT_FORMATS: 'webp',
      INCLUDE: 'photos/**,go/**',
      CARRY_METADATA: 'alt',
    },
  });
});
afterAll(async () => {
  await cloud?.close();
  await rm(dir, { recursive: true, force: true });
});

test('the Go sample: its form is answered with the URL of the picture', async () => {
  const form = new FormData();
  for (const [name, value] of [
    ['name', 'logo2'],
    ['format', 'jpg'],
  ] as const)
    form.append(name, value);
  form.append('image', new Blob([new Uint8Array(logo)]), 'logo.png');
  const answer = await fetch(`${cloud.urls.inline}/convert`, { method: 'POST', body: form });
  expect([answer.status, await answer.text()]).toEqual([200, `${cloud.urls.cdn}/logo2.jpg`]);
  const { format, width } = await sharp(await untilThere(cloud, 'logo2.jpg')).metadata();
  // The page says so: the size stays, where the sample halves it.
  expect([format, width]).toEqual(['jpeg', (await sharp(logo).metadata()).width]);
});

test('the Go sample: an upload with its metadata makes its outputs', async () => {
  const metadata = { name: 'go/1', formats: 'svg,jpg', sizes: '' };
  await bucketOf(cloud, 'source')
    .file('go/logo.png')
    .save(logo, { resumable: false, metadata: { metadata } });
  const [svg, jpg] = await Promise.all(['go/1.svg', 'go/1.jpg'].map((name) => untilThere(cloud, name)));
  expect(String(svg).slice(0, 300)).toContain('<svg');
  expect((await sharp(jpg).metadata()).format).toBe('jpeg');
});

test("Firebase's extension: an upload without any metadata of its own makes the sizes that were set once", async () => {
  const metadata = { metadata: { alt: 'a logo', token: 'secret' }, cacheControl: 'public, max-age=60' };
  await bucketOf(cloud, 'source').file('photos/logo.png').save(logo, { resumable: false, metadata });
  const made = await Promise.all(
    ['photos/logo-200w.webp', 'photos/logo-400w.webp'].map((name) => untilThere(cloud, name)),
  );
  const sizes = await Promise.all(made.map(async (data) => (await sharp(data).metadata()).width));
  expect(sizes).toEqual([200, 400]);
  const [about] = await bucketOf(cloud, 'destination').file('photos/logo-200w.webp').getMetadata();
  expect(about).toMatchObject({ cacheControl: 'public, max-age=60', contentType: 'image/webp' });
  expect(about.metadata).toMatchObject({ alt: 'a logo' });
  expect(about.metadata).not.toHaveProperty('token');
});

test("Firebase's extension: a path that is not included is left alone, and an output makes nothing", async () => {
  await bucketOf(cloud, 'source').file('private/logo.png').save(logo, { resumable: false });
  await bucketOf(cloud, 'source').file('photos/last.png').save(logo, { resumable: false });
  await untilThere(cloud, 'photos/last-400w.webp');
  const [files] = await bucketOf(cloud, 'destination').getFiles();
  const names = files.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('private/') || /w-\d+w/.test(name))).toEqual([]);
});
