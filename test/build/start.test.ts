import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { bundle } from '../../build/bundle.ts';
import { programs } from '../../build/programs.ts';
import { removeDir, temporaryDir } from '../support/folder.ts';

const root = join(import.meta.dirname, '../..');

/** Each takes milliseconds that the first picture would wait for (docs/figures.md). */
const slow = ['crypto', 'tls', 'https', 'worker_threads', 'zlib', 'dns/promises', 'inspector'];

let folder: string;

beforeAll(async () => {
  folder = await temporaryDir();
  const [program] = programs;
  if (program === undefined) throw new Error('no program is bundled');
  await bundle(root, program, folder);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
}, 60_000);

afterAll(() => removeDir(folder));

async function convertOnce(url: string): Promise<void> {
  const form = new FormData();
  const picture = sharp({ create: { width: 64, height: 48, channels: 3, background: '#357' } });
  form.append('format', 'jpg');
  form.append('image', new Blob([new Uint8Array(await picture.jpeg().toBuffer())]), 'picture.jpg');
  const answer = await fetch(`${url}/convert`, { method: 'POST', body: form });
  expect(answer.status).toBe(200);
}

/** Runs the inline service for one picture. @returns what it wrote to standard error. */
async function serveOnce(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [...args, join(folder, 'main.cjs')], {
    env: { PORT: '0', REQUIRE_AUTH: 'false', DOORS: 'inline', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  const exit = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, url } = JSON.parse(line) as { event?: string; url?: string };
    if (event !== 'listening' || !url) continue;
    await convertOnce(url);
    child.kill('SIGTERM');
  }
  await exit;
  return written;
}

test('the bundled service makes its first picture without slow modules of Node', async () => {
  const hook = join(import.meta.dirname, 'fixtures/loaded.cjs');
  const loaded = await serveOnce(['--require', hook], { NODE_DISABLE_COMPILE_CACHE: '1' });
  const modules = loaded.split('\n').map((name) => name.replace('NativeModule ', ''));
  expect(modules).toContain('http');
  expect(slow.filter((name) => modules.includes(name))).toEqual([]);
});

test('a bundle takes the code of an earlier run only where it is whole and its own', async () => {
  const place = join(folder, 'compile-cache');
  const start = async (): Promise<string> => {
    const written = await serveOnce([], { NODE_COMPILE_CACHE: place, NODE_DEBUG: 'launch' });
    return /service\.cjs: code of an earlier run (\w+)/.exec(written)?.[1] ?? written;
  };
  const codeFiles = async (): Promise<readonly string[]> => {
    const names = await readdir(place, { recursive: true });
    return names.filter((name) => name.endsWith('.code')).map((name) => join(place, name));
  };
  expect([await start(), await start()]).toEqual(['missing', 'accepted']);
  const [file = ''] = await codeFiles();
  const whole = await readFile(file);
  await writeFile(file, whole.subarray(0, whole.length / 2));
  expect([await start(), await start()]).toEqual(['missing', 'accepted']);
  const bundled = join(folder, 'service.cjs');
  const source = await readFile(bundled, 'utf8');
  await writeFile(bundled, source.replace(/[\da-f]{32}\s*$/, '0'.repeat(32)));
  expect([await start(), await start()]).toEqual(['missing', 'accepted']);
  expect(await codeFiles()).toHaveLength(2);
});
