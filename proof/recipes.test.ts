import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { addSample } from '../local/sample.ts';
import { logo, startTestCloud, type TestCloud } from '../test/e2e/support/cloud.ts';
import { follow as followScript, root, scriptsOf } from './support/pages.ts';

const run = promisify(execFile);

/** The commands of each recipe, by its heading. */
const recipes = await scriptsOf('recipes.md');

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
  await addSample(cloud);
  await mkdir(join(cloud.home, '.local'), { recursive: true });
  await copyFile(logo, join(cloud.home, 'logo.png'));
  await copyFile(join(root, 'test/formats/fixtures/thumbnail.heic'), join(cloud.home, 'photo.heic'));
  await writeFile(join(cloud.home, 'animation.gif'), await animation());
  await command(['convert', 'logo.png', '-o', 'document.pdf']);
});
afterAll(() => cloud.close());

/** Three frames of one colour each. */
async function animation(): Promise<Buffer> {
  const frames = ['red', 'green', 'blue'].map((background) =>
    sharp({ create: { width: 64, height: 48, channels: 3, background } })
      .png()
      .toBuffer(),
  );
  return await sharp(await Promise.all(frames), { join: { animated: true } })
    .gif({ delay: [100, 100, 100] })
    .toBuffer();
}

const command = async (args: readonly string[]): Promise<string> =>
  (await run(process.execPath, [join(root, 'cli/main.ts'), ...args], { cwd: cloud.home })).stdout;

/** The lines that a recipe prints. */
const follow = async (title: string): Promise<readonly string[]> =>
  (await followScript(recipes.get(title) ?? '', cloud)).split('\n');

const fileAt = (name: string): Promise<Buffer> => readFile(join(cloud.home, name));
const factsOf = async (data: Buffer) => {
  const { format, width, height, pages } = await sharp(data).metadata();
  return { format, width, height, pages };
};
const outputAt = async (url: string) => await factsOf((await cloud.fetchUrl(url)).data);

/** What each recipe makes. */
const outcomes: Readonly<Record<string, () => Promise<void>>> = {
  'A picture for every screen': async () => {
    await follow('A picture for every screen');
    const html = String(await fileAt('.local/picture.html'));
    expect(html.match(/ \d+w/g)).toHaveLength(9);
    expect(html).toContain('alt="A lake"');
    expect(html).toContain('url(data:image/webp;base64,');
  },
  'Thumbnails of every upload': async () => {
    const urls = await follow('Thumbnails of every upload');
    expect(urls.toSorted()).toEqual(
      ['logo-128w.jpg', 'logo-128w.webp', 'logo-64w.jpg', 'logo-64w.webp'].map(
        (name) => `${cloud.urls.cdn}/recipes/${name}`,
      ),
    );
  },
  'A photograph of a phone': async () => {
    const [url = ''] = await follow('A photograph of a phone');
    expect(url).toBe(`${cloud.urls.cdn}/recipes/photo.jpg`);
    expect(await outputAt(url)).toMatchObject({ format: 'jpeg', width: 1200, height: 825 });
  },
  'Round avatars': async () => {
    await follow('Round avatars');
    const { data, info } = await sharp(await fileAt('.local/avatar.webp'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([200, 200, 4]);
    const opacityAt = (x: number, y: number) => data[(y * 200 + x) * 4 + 3];
    expect([opacityAt(1, 1), opacityAt(100, 100)]).toEqual([0, 255]);
  },
  'A watermark on previews': async () => {
    await follow('A watermark on previews');
    const plain = await sharp(await readFile(join(root, 'playground/samples/photo.jpg')))
      .raw()
      .toBuffer();
    const marked = await sharp(await fileAt('.local/preview.jpg'))
      .raw()
      .toBuffer();
    expect(marked.some((value, at) => value - (plain[at] ?? 0) > 60)).toBe(true);
  },
  'The first page of a PDF': async () => {
    await follow('The first page of a PDF');
    expect(await factsOf(await fileAt('.local/page.png'))).toMatchObject({ format: 'png' });
  },
  'The smallest file that looks alike': async () => {
    await follow('The smallest file that looks alike');
    expect(await factsOf(await fileAt('.local/small.webp'))).toMatchObject({ format: 'webp', width: 800 });
    expect((await fileAt('.local/bounded.jpg')).length).toBeLessThanOrEqual(20_000);
  },
  'An animation': async () => {
    await follow('An animation');
    const { format, width, pages } = await factsOf(await fileAt('.local/animation.webp'));
    expect([format, width, pages]).toEqual(['webp', 32, 3]);
  },
  'A favicon': async () => {
    await follow('A favicon');
    // An icon, and how many sizes it has.
    const icon = await fileAt('.local/favicon.ico');
    expect([icon.readUInt32LE(0), icon.readUInt16LE(4)]).toEqual([0x10000, 3]);
  },
  'Pictures that are in a bucket already': async () => {
    const lines = (await follow('Pictures that are in a bucket already')).join('\n');
    expect(lines).toMatch(/[1-9]\d* would be queued\n[\s\S]*[1-9]\d* queued/);
    await cloud.idle();
    expect(await outputAt(`${cloud.urls.cdn}/sample.webp`)).toMatchObject({ format: 'webp', width: 1800 });
  },
  'A folder of pictures, without any cloud': async () => {
    await follow('A folder of pictures, without any cloud');
    expect(await factsOf(await fileAt('.local/web/logo.webp'))).toMatchObject({ format: 'webp', width: 200 });
  },
  'Private pictures': async () => {
    const [url = ''] = await follow('Private pictures');
    expect(url).toMatch(/^https:\/\/img\.example\.org\/resize\?.*expires=\d+&sign=[\w-]{43}$/);
  },
  'Pictures over 32 MB, from a browser': async () => {
    const [url = ''] = await follow('Pictures over 32 MB, from a browser');
    expect(await outputAt(url)).toMatchObject({ format: 'webp', width: 512 });
  },
};

test('every recipe is tried', () => {
  expect([...recipes.keys()]).toEqual(Object.keys(outcomes));
});

test.each(Object.entries(outcomes))('%s', async (_title, check) => await check());
