import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { get } from '../test/onthefly/setup.ts';
import { removeDir, temporaryDir } from '../test/support/folder.ts';
import { afterAnswer, snippetOf } from './support/form.ts';
import { own, startRig, whenThere } from './support/rig.ts';

const root = join(import.meta.dirname, '..');
const { open, url } = startRig();

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
