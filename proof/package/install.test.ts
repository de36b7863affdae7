import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { removeDir, temporaryDir } from '../../test/support/folder.ts';
import { findNode } from '../support/nodes.ts';
import type { Registry } from '../support/registry.ts';
import { type Consumer, makePackage, openConsumer, openRegistry, root } from './support.ts';

const majors = [20, 22, 24];
const maxBytes = 5_000_000;

let dir: string;
let packageFolder: string;
let registry: Registry;
const nodes = new Map<number, string>();

beforeAll(async () => {
  dir = await temporaryDir();
  packageFolder = join(dir, 'package');
  await makePackage(packageFolder);
  registry = await openRegistry(packageFolder, dir);
  for (const major of majors) {
    const node = await findNode(major);
    if (node) nodes.set(major, node);
  }
});

afterAll(async () => {
  registry?.close();
  await removeDir(dir);
});

test('the package has bundles and their types only, under 5 MB', async () => {
  const files = await readdir(packageFolder, { recursive: true, withFileTypes: true });
  const paths = files.flatMap((file) => (file.isFile() ? join(file.parentPath, file.name) : []));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(maxBytes);
  expect(paths.filter((path) => /(?<!\.d)\.[cm]?ts$|\.map$|test/.test(path))).toEqual([]);
});

test.each([
  ['publint', '--strict'],
  ['attw', '--pack'],
])('%s finds nothing wrong', (tool, flag) => {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', tool), [flag, packageFolder], {
    encoding: 'utf8',
  });
  expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
});

const engine = `
const { data, info } = await convert('logo.png', { width: 64, format: 'webp' });
const bmp = await convert(data, { format: 'bmp' });
const seen = await inspect(bmp.data);
const refused = await convert('logo.png', { widht: 1 }).catch((error) => error);
const facts = [info.width, seen.format, refused instanceof Problem, refused.code, data.length === info.bytes];
console.log(JSON.stringify(facts));`;

const server = `
const server = createServer(createHandler({ mount: '.' })).listen(0, '127.0.0.1', async () => {
  const answer = await fetch(\`http://127.0.0.1:\${server.address().port}/resize?file=logo.png&width=20&type=jpeg\`);
  console.log(answer.status, answer.headers.get('content-type'));
  server.close().closeAllConnections();
});`;

const programs = {
  'library.mjs': `import { convert, inspect, Problem } from 'imagetx';${engine}`,
  'library.cjs': `const { convert, inspect, Problem } = require('imagetx');(async () => {${engine}})();`,
  'serve.mjs': `import { createHandler } from 'imagetx/serve'; import { createServer } from 'node:http';${server}`,
  'serve.cjs': `const { createHandler } = require('imagetx/serve'); const { createServer } = require('node:http');${server}`,
};

const results: Readonly<Record<keyof typeof programs, string>> = {
  'library.mjs': '[64,"bmp",true,"invalid_param",true]\n',
  'library.cjs': '[64,"bmp",true,"invalid_param",true]\n',
  'serve.mjs': '200 image/jpeg\n',
  'serve.cjs': '200 image/jpeg\n',
};

describe.each(majors)('on stock Node %d', (major) => {
  let consumer: Consumer | undefined;
  const inConsumer =
    (work: (consumer: Consumer) => Promise<void>): (() => Promise<void>) =>
    async () => {
      const node = nodes.get(major);
      if (!node) return void process.stderr.write(`skipped: no Node ${major}\n`);
      consumer ??= await installed(node, join(dir, String(major)));
      await work(consumer);
    };

  async function installed(node: string, folder: string): Promise<Consumer> {
    const made = await openConsumer(folder, node, registry);
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    await made.run('npm', 'install', '--strict-peer-deps', 'imagetx');
    return made;
  }

  test(
    'npx runs the command',
    inConsumer(async ({ dir: folder, run }) => {
      const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
      expect((await run('npx', 'imagetx', '--version')).stdout).toBe(`${version}\n`);
      await run('npx', 'imagetx', 'convert', 'logo.png', '-o', 'out.avif', '--params', 'width=50');
      expect(await sharp(join(folder, 'out.avif')).metadata()).toMatchObject({ format: 'heif', width: 50 });
    }),
  );

  test.each(Object.entries(programs))('%s works, and its process ends by itself', (name, source) =>
    inConsumer(async ({ dir: folder, run }) => {
      await writeFile(join(folder, name), source);
      const { stdout, stderr } = await run('node', name);
      expect({ stdout, stderr }).toEqual({ stdout: results[name as keyof typeof programs], stderr: '' });
    })(),
  );
});

test('npx runs it where nothing is installed', async () => {
  const consumer = await openConsumer(join(dir, 'empty'), process.execPath, registry);
  const { stdout } = await consumer.run('npx', '--yes', 'imagetx', 'convert', 'logo.png', '-o', '-');
  expect(stdout).not.toBe('');
  expect(await readdir(consumer.dir)).not.toContain('node_modules');
});
