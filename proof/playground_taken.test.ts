import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { get, startServer } from '../test/onthefly/setup.ts';
import { removeDir, temporaryDir } from '../test/support/folder.ts';
import { afterAnswer, openForm, snippetOf } from './support/form.ts';
import { own, startRig, whenThere } from './support/rig.ts';

const root = join(import.meta.dirname, '..');
const { open, url, browser } = startRig();

whenThere('what is taken away works', () => {
  const area = '#/file:source.webp/extract?top=8&left=8&areawidth=60&areaheight=40/output?type=png';

  test('the URL and the HTML lead to pictures', async () => {
    const { page } = await open(area);
    const html = await snippetOf(page, 'HTML');
    const urls = [...html.matchAll(/(http[^" ]+)/g)].map(
      ([found]) => new URL(found.replaceAll('&amp;', '&')),
    );
    expect(urls.length).toBe(3);
    for (const { pathname, search } of [...urls, new URL(await snippetOf(page, 'URL'))]) {
      const { body } = await get(url(), pathname + search);
      expect(await sharp(body).metadata()).toMatchObject({ width: 60, height: 40 });
    }
  });

  test.each([
    ['an operation', area],
    ['a pipeline', `${area.replace('output', 'convert?brightness=1.2&greyscale=true/output')}`],
  ])('the client builds the same URL: %s', async (_, hash) => {
    const { page } = await open(hash);
    const code = (await snippetOf(page, 'Client')).replace('imagetx/client', join(root, 'client/index.ts'));
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [
      '--input-type=module',
      '-e',
      `${code}\nconsole.log(url)`,
    ]);
    const { pathname, search } = new URL(stdout.trim());
    const wanted = new URL(await snippetOf(page, 'URL'));
    const answers = [await get(url(), pathname + search), await get(url(), wanted.pathname + wanted.search)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.body.equals(answers[1]?.body ?? Buffer.alloc(0))).toBe(true);
  });

  test.each([
    'resize?width=1000',
    'fit?width=900&height=300',
    'crop?width=700',
    'crop?width=700&height=700&gravity=north',
    'thumbnail?width=200&dpr=4',
    'thumbnail?width=500&minheight=800',
    'resize?width=600&padding=20',
    'rotate?rotate=90',
    'flip/extract?top=9&left=9&areawidth=900&areaheight=500',
    'watermark?text=a',
  ])('every width of the HTML is that of its picture: %s', async (steps) => {
    const photos = await startServer(['-mount', 'playground/samples']);
    const hash = `#/file:photo.jpg/${steps}/output?quality=30`;
    const { page } = await openForm(browser(), { url: photos.url, hash });
    const html = await snippetOf(page, 'HTML');
    const [, webp = ''] = html.match(/type="image\/webp".*srcset="([^"]+)"/) ?? [];
    const sources = webp.split(', ').map((one) => one.replaceAll('&amp;', '&').split(' '));
    expect(sources.length).toBeGreaterThan(1);
    const sizes = await Promise.all(
      sources.map(async ([address = '']) => {
        const { pathname, search } = new URL(address);
        return await sharp((await get(photos.url, pathname + search)).body).metadata();
      }),
    );
    expect(sizes.map(({ width }) => `${width}w`)).toEqual(sources.map(([, width]) => width));
    const shapes = sizes.map(({ width = 0, height = 1 }) => Math.round((width / height) * 20));
    expect(Math.max(...shapes) - Math.min(...shapes)).toBeLessThanOrEqual(1);
  });

  test.each([
    ['convert?greyscale=true);evil(', "greyscale: 'true);evil('"],
    ['watermark?text=a%0Aevil();%E2%80%A8', "text: 'a\\nevil();\\u2028'"],
    ['resize?width=10&a:evil(),b=1', '{ width: 10 });'],
  ])('nothing of an address runs as code: %s', async (step, code) => {
    const { page } = await open(`#/photo/${step}`);
    expect(await snippetOf(page, 'Client')).toContain(code);
  });

  test('curl converts the file of the user', async () => {
    const dir = await temporaryDir();
    const { page } = await open('#/photo/resize?width=100/output?type=webp');
    const chosen = await own();
    await writeFile(join(dir, chosen.name), chosen.buffer);
    await afterAnswer(page, '/resize', () => page.locator('input[type=file]').setInputFiles(chosen));
    await promisify(execFile)('sh', ['-c', await snippetOf(page, 'curl')], { cwd: dir });
    const made = (await readdir(dir)).find((name) => name.endsWith('.webp')) ?? '';
    expect(await sharp(join(dir, made)).metadata()).toMatchObject({ format: 'webp', width: 100, height: 75 });
    await removeDir(dir);
  });
});
