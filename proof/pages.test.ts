import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { Agent, request } from 'undici';
import { findRunning, type RunningCloud } from '../local/running_file.ts';
import { npmStart } from '../test/local/support/start.ts';
import { removeDir, temporaryDir } from '../test/support/folder.ts';
import { follow, root, scriptsOf } from './support/pages.ts';

let home: string;
let started: Awaited<ReturnType<typeof npmStart>>;
let cloud: RunningCloud;
let agent: Agent;

const presets = await scriptsOf('presets.md');
const [beginning = ''] = presets.values();

beforeAll(async () => {
  home = await temporaryDir();
  await mkdir(join(home, 'docs'));
  for (const file of ['logo.png', 'docs/presets.yaml']) await cp(join(root, file), join(home, file));
  const [, options = ''] = /^npm start -- (.*)$/m.exec(beginning) ?? [];
  started = await npmStart([...options.split(' '), '--random-ports'], home);
  const running = await findRunning(join(home, '.local'));
  if (running === undefined) throw new Error(`npm start -- ${options} did not start: ${started.output()}`);
  cloud = running;
  agent = new Agent({ connect: { ca: await readFile(cloud.caFile) } });
});
afterAll(async () => {
  await agent?.destroy();
  started?.child.kill('SIGTERM');
  await started?.ended;
  await removeDir(home);
});

const factsOf = async (data: Buffer) => {
  const { format, compression, width, height } = await sharp(data).metadata();
  return { format: compression ?? format, width, height };
};
async function outputAt(url: string) {
  const { body } = await request(url, { dispatcher: agent });
  return await factsOf(Buffer.from(await body.arrayBuffer()));
}
const thumb = { format: 'webp', width: 240, height: 240 };

type Outcome = (said: string) => Promise<void> | void;

/** What the commands of each page make, by its headings. */
const outcomes: Readonly<Record<string, Readonly<Record<string, Outcome>>>> = {
  'presets.md': {
    'Presets: conversions with a name': (said) => {
      const names = said.split('\n').map((line) => line.split(':', 1)[0]);
      expect(names).toEqual(['thumb', 'hero', 'thumb_grey']);
    },
    'At the three doors': async (said) => {
      expect(await factsOf(await readFile(join(home, '.local/thumb.webp')))).toEqual(thumb);
      const [inline = '', ...batch] = said.split('\n');
      expect(inline).toBe(`${cloud.urls.cdn}/banner.avif`);
      expect(await outputAt(inline)).toMatchObject({ format: 'av1' });
      const urls = ['logo-hero.avif', 'logo-thumb.webp'].map((name) => `${cloud.urls.cdn}/${name}`);
      expect(batch.toSorted()).toEqual(urls);
      expect(await outputAt(urls[1] ?? '')).toEqual(thumb);
    },
  },
  'placeholders.md': {
    Placeholders: (said) => {
      const { placeholder } = JSON.parse(said);
      expect(Object.keys(placeholder).toSorted()).toEqual([
        'blurhash',
        'color',
        'lqip',
        'palette',
        'thumbhash',
      ]);
    },
    'Responsive pictures: `/srcset`': (said) => {
      const [json = '', html = ''] = said.split(/(?<=\})\s*(?=<picture)/);
      const { sources, src } = JSON.parse(json);
      expect(sources.map(({ type }: { type: string }) => type)).toEqual([
        'image/avif',
        'image/webp',
        'image/jpeg',
      ]);
      expect(src).toContain('width=1280');
      expect(html).toMatch(/alt="A lake"[\s\S]*<\/picture>$/);
      expect(html).toContain('url(data:image/webp;base64,');
    },
  },
  'signing.md': {
    'Signed URLs': (said) =>
      expect(said).toMatch(/^https:\/\/img\.example\.org\/resize\?.*&expires=\d+&sign=[\w-]{43}$/),
  },
  'uploads.md': {
    'Try it': (said) => {
      expect(said).toMatch(/"state":\s*"done"/);
      expect(said).toContain('event: status');
    },
  },
};

/** Pages whose commands need a cloud, Docker or another service, or are run by another test. */
const elsewhere = [
  ...['containers.md', 'deploy.md', 'events.md', 'migrate-imaginary.md', 'nextcloud.md'],
  ...['recipes.md', 'results.md', 'scale.md', 'telemetry.md'],
];

test('the commands of every page are run here, or cannot be', async () => {
  const pages = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
  const scripts = await Promise.all(pages.map(async (page) => [page, [...(await scriptsOf(page)).keys()]]));
  const found = Object.fromEntries(scripts.filter(([, titles]) => titles?.length));
  const tried = Object.entries(outcomes).map(([page, checks]) => [page, Object.keys(checks)]);
  expect(found).toEqual({
    ...Object.fromEntries(tried),
    ...Object.fromEntries(elsewhere.map((page) => [page, expect.anything()])),
  });
});

const rows = Object.entries(outcomes).flatMap(([page, checks]) =>
  Object.entries(checks).map(([title, check]) => [page, title, check] as const),
);

test.each(rows)('%s: %s', async (page, title, check) => {
  const script = (await scriptsOf(page)).get(title) ?? '';
  // It runs already, since before all tests.
  const said = await follow(script.replace(/^npm start .*$/m, ''), { home, urls: cloud.urls });
  await check(said);
});
