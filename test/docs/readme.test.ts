import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { logo, startTestCloud, type TestCloud } from '../e2e/support/cloud.ts';
import { isInstalled } from '../support/installed.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The commands of README's `sh` blocks, one a line, comments left out. */
async function commands(): Promise<readonly string[]> {
  const page = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) => block.split('\n')).filter((line) => line !== '' && !line.startsWith('#'));
}

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
  await copyFile(logo, join(cloud.home, 'logo.png'));
});
afterAll(() => cloud.close());

/** Runs a line of README where it finds this cloud instead of the one at the documented ports. */
async function shell(line: string): Promise<string> {
  const here = line
    .replaceAll('http://localhost:8080', cloud.urls.inline)
    .replaceAll('https://localhost:8443', cloud.urls.cdn)
    .replaceAll('certs/ca.pem', cloud.caFile)
    .replaceAll('npm run --silent imagetx --', `"${process.execPath}" "${join(root, 'cli/main.ts')}"`);
  return (await run('bash', ['-c', here], { cwd: cloud.home })).stdout.trim();
}

const fileAt = (name: string): Promise<Buffer> => readFile(join(cloud.home, name));

test('README installs, starts and tests with the scripts of this package', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const [first, ...rest] = await commands();
  expect(first).toBe('npm ci && npm start');
  expect(rest).toContain('npm ci && npm test');
  expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
});

const areHere = ['bash', 'curl'].filter((tool) => !isInstalled(tool)).length === 0;
(areHere ? test : test.skip)('the commands of all three doors work as README has them', async () => {
  const [form = '', fetched = '', put = '', onthefly = ''] = (await commands()).filter((line) =>
    /^(curl|npm run)/.test(line),
  );
  expect(await shell(form)).toBe(`${cloud.urls.cdn}/logo2.jpg`);
  await shell(fetched);
  expect(await sharp(await fileAt('.local/logo2.jpg')).metadata()).toMatchObject({
    format: 'jpeg',
    width: 512,
    height: 512,
  });

  const urls = (await shell(put)).split('\n').sort();
  expect(urls).toEqual([`${cloud.urls.cdn}/1.jpg`, `${cloud.urls.cdn}/1.svg`]);

  await shell(onthefly);
  expect(await sharp(await fileAt('.local/small.webp')).metadata()).toMatchObject({
    format: 'webp',
    width: 200,
    height: 200,
  });
});
