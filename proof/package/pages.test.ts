import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { removeDir, temporaryDir } from '../../test/support/folder.ts';
import { makePackage, root } from './support.ts';

let dir: string;
let packageFolder: string;

beforeAll(async () => {
  dir = await temporaryDir();
  packageFolder = join(dir, 'node_modules/imagetx');
  await makePackage(packageFolder);
  for (const name of ['sharp', '@imagemagick']) {
    const there = join(root, 'node_modules', name);
    if (existsSync(there)) await symlink(there, join(dir, 'node_modules', name), 'junction');
  }
  await mkdir(join(dir, 'photos/summer'), { recursive: true });
  const photo = await sharp(join(root, 'logo.png')).flatten().resize(900).jpeg().toBuffer();
  for (const name of ['photo.jpg', 'photos/cat.jpg', 'photos/summer/dog.jpg'])
    await writeFile(join(dir, name), photo);
  await cp(join(root, 'test/formats/fixtures/gradient.heic'), join(dir, 'photo.heic'));
});

afterAll(() => removeDir(dir));

const pages = ['package/README.md', 'docs/library.md'];

/** The blocks of code in a language on a page. */
async function blocksOf(page: string, language: string): Promise<readonly string[]> {
  const text = await readFile(join(root, page), 'utf8');
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, kind, code = '']) =>
    kind === language ? [code] : [],
  );
}

test.each(pages)('every example of %s runs', async (page) => {
  const examples = await blocksOf(page, 'js');
  expect(examples.length).toBeGreaterThan(2);
  for (const example of examples) {
    // An example that serves would run until it is stopped.
    const closing = example.includes('const server') ? '\nserver.close();' : '';
    await writeFile(join(dir, 'example.mjs'), example + closing);
    const { status, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd: dir, encoding: 'utf8' });
    expect({ example, status, stderr }).toEqual({ example, status: 0, stderr: '' });
  }
});

const hasMagick = existsSync(join(root, 'node_modules/@imagemagick/magick-wasm'));
if (!hasMagick) process.stderr.write('skipped: HEIC, for which @imagemagick/magick-wasm is not installed\n');

test('every conversion on the page of the package and in README runs', async () => {
  const shell = [...(await blocksOf('package/README.md', 'sh')), ...(await blocksOf('README.md', 'sh'))];
  const commands = shell
    .join('\n')
    .split('\n')
    .filter((line) => line.startsWith('npx imagetx convert'));
  expect(commands.length).toBeGreaterThan(2);
  for (const command of commands) {
    if (command.includes('.heic') && !hasMagick) continue;
    const args = command.split(' ').slice(2);
    const launcher = join(packageFolder, 'bin/imagetx.cjs');
    const { status, stderr } = spawnSync(process.execPath, [launcher, ...args], {
      cwd: dir,
      encoding: 'utf8',
    });
    expect({ command, status, failed: /failed|imagetx:/.test(stderr) }).toEqual({
      ...{ command, status: 0, failed: false },
    });
  }
  const { format, width } = await sharp(join(dir, 'out/summer/dog.webp')).metadata();
  expect({ format, width }).toEqual({ format: 'webp', width: 1200 });
});

test('an old Node is told in a sentence that it is too old', () => {
  const launcher = join(packageFolder, 'bin/imagetx.cjs');
  const old = `Object.defineProperty(process.versions, 'node', { value: '16.20.2' }); require(${JSON.stringify(launcher)})`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', old], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'imagetx: expected Node 20.18.1 or newer, got 16.20.2; see https://nodejs.org\n',
  });
});

test('what the package does not bring is named where it is needed', async () => {
  const alone = join(dir, 'alone');
  await cp(packageFolder, alone, { recursive: true });
  const launcher = join(alone, 'bin/imagetx.cjs');
  const args = [launcher, 'status', 'gs://bucket/photo.jpg', '--project', 'my-project'];
  const env = { PATH: process.env.PATH, HOME: dir };
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8', env });
  expect(status).toBe(1);
  expect(stderr).toMatch(/this needs a package: npm install [@\w/-]+/);
});
