import { execFile } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { look } from '../batch/support/pictures.ts';
import { isInstalled } from '../support/installed.ts';
import { jsonLines, logo, startTestCloud, type TestCloud } from './support/cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.close());

const shell = promisify(execFile);
/** A shell in which the file that `npm start` writes has been sourced. */
const sourced = (command: string) =>
  shell('bash', ['-c', `. "${join(cloud.dir, 'env')}" && ${command}`], { timeout: 120_000 });

/** What the CDN shows for every URL of these lines. */
const shown = (lines: readonly Record<string, unknown>[]) =>
  Promise.all(
    lines.map(async ({ name, url }) => {
      const { status, type, data } = await cloud.fetchUrl(String(url));
      return [name, status, type, data.length > 100] as const;
    }),
  );

test('a form is answered with the CDN URL of the converted picture', async () => {
  const form = new FormData();
  form.set('name', 'logo2');
  form.set('format', 'jpg');
  form.set('image', await openAsBlob(logo), 'logo.png');
  const answer = await fetch(`${cloud.urls.inline}/convert`, { method: 'POST', body: form });
  const url = (await answer.text()).trim();
  expect(url).toBe(`${cloud.urls.cdn}/logo2.jpg`);
  const { status, type, data } = await cloud.fetchUrl(url);
  expect([status, type]).toEqual([200, 'image/jpeg']);
  expect(await look(data)).toMatchObject({ format: 'jpeg', width: 512, height: 512 });
});

test('put uploads, waits, and prints one object per output with its CDN URL', async () => {
  const ended = await cloud.run('put', logo, '--name', 'one', '--formats', 'svg,jpg', '--json');
  expect(ended).toMatchObject({ code: 0, err: '' });
  const lines = jsonLines(ended.out);
  expect(lines).toEqual(
    ['jpg', 'svg'].map((format) => ({
      name: `one.${format}`,
      state: 'done',
      url: `${cloud.urls.cdn}/one.${format}`,
      bytes: expect.any(Number),
      error: null,
    })),
  );
  expect(await shown(lines)).toEqual([
    ['one.jpg', 200, 'image/jpeg', true],
    ['one.svg', 200, 'image/svg+xml', true],
  ]);
});

test('put makes one output per format and width, with parameters for all and for one format', async () => {
  const wishes = ['--formats', 'jpg,webp', '--sizes', '40,20', '--params', 'height=10&force=true'];
  const own = ['--params-webp', 'height=30'];
  const ended = await cloud.run('put', logo, '--name', 'sized', ...wishes, ...own, '--json');
  const lines = jsonLines(ended.out);
  const looked = await Promise.all(
    lines.map(async ({ name, url }) => {
      const { width, height } = await look((await cloud.fetchUrl(String(url))).data);
      return [name, width, height];
    }),
  );
  expect(looked).toEqual([
    ['sized-20w.jpg', 20, 10],
    ['sized-20w.webp', 20, 30],
    ['sized-40w.jpg', 40, 10],
    ['sized-40w.webp', 40, 30],
  ]);
});

test('put tells which output has failed and why, and ends with 1', async () => {
  const ended = await cloud.run(
    'put',
    logo,
    '--name',
    'half',
    '--formats',
    'jpg,png',
    '--params-png',
    'width=20000',
  );
  expect(ended.code).toBe(1);
  expect(ended.out).toBe(`${cloud.urls.cdn}/half.jpg\n`);
  expect(ended.err).toMatch(/^half\.png: .*20000.*\n$/);

  const status = await cloud.run('status', 'gs://imagetx-src/logo.png', '--json');
  expect(status.code).toBe(1);
  expect(jsonLines(status.out)).toMatchObject([
    { name: 'half.jpg', state: 'done', url: `${cloud.urls.cdn}/half.jpg`, error: null },
    { name: 'half.png', state: 'failed', url: null, error: expect.stringContaining('20000') },
  ]);
});

const uploads = [
  [
    'gsutil',
    (name: string) =>
      `gsutil -q -h x-goog-meta-name:${name} -h x-goog-meta-formats:svg,jpg cp "${logo}" gs://imagetx-src/${name}.png`,
  ],
  [
    'gcloud',
    (name: string) =>
      `gcloud storage cp --custom-metadata=^:^name=${name}:formats=svg,jpg "${logo}" gs://imagetx-src/${name}.png`,
  ],
] as const;

for (const [tool, command] of uploads) {
  (isInstalled(tool) ? test : test.skip)(
    `what ${tool} uploads with metadata appears at its CDN URLs`,
    async () => {
      await sourced(command(tool));
      const status = await cloud.run('status', `gs://imagetx-src/${tool}.png`, '--timeout', '60', '--json');
      expect(status).toMatchObject({ code: 0, err: '' });
      expect(await shown(jsonLines(status.out))).toEqual([
        [`${tool}.jpg`, 200, 'image/jpeg', true],
        [`${tool}.svg`, 200, 'image/svg+xml', true],
      ]);
    },
    180_000,
  );
}

(isInstalled('script') ? test : test.skip)(
  'at a terminal put shows outputs as they come, then their URLs',
  async () => {
    const main = process.argv0 && `"${process.execPath}" cli/main.ts`;
    const command = `${main} put "${logo}" --name seen --formats jpg,png --params-png width=20000 --local "${cloud.dir}"`;
    const seen = await shell('script', ['-qec', command, '/dev/null']).catch((error) => error);
    expect(seen.code).toBe(1);
    expect(seen.stdout).toContain('jpg');
    expect(seen.stdout).toMatch(/✓.* seen\.jpg .*https:\/\/localhost:\d+\/seen\.jpg/);
    expect(seen.stdout).toMatch(/✗.* seen\.png .*20000/);
  },
);
