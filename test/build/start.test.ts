import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { bundle } from '../../build/bundle.ts';
import { programs } from '../../build/programs.ts';
import { removeDir, temporaryDir } from '../support/folder.ts';

const root = join(import.meta.dirname, '../..');

/** Each takes milliseconds that the first picture would wait for (docs/figures.md). */
const slow = ['crypto', 'tls', 'https', 'worker_threads', 'zlib', 'dns/promises', 'inspector'];

async function convertOnce(url: string): Promise<void> {
  const form = new FormData();
  const picture = sharp({ create: { width: 64, height: 48, channels: 3, background: '#357' } });
  form.append('format', 'jpg');
  form.append('image', new Blob([new Uint8Array(await picture.jpeg().toBuffer())]), 'picture.jpg');
  const answer = await fetch(`${url}/convert`, { method: 'POST', body: form });
  expect(answer.status).toBe(200);
}

test('the bundled service makes its first picture without slow modules of Node', async () => {
  const folder = await temporaryDir();
  const [program] = programs;
  if (program === undefined) throw new Error('no program is bundled');
  await bundle(root, program, folder);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const hook = join(import.meta.dirname, 'fixtures/loaded.cjs');
  const child = spawn(process.execPath, ['--require', hook, join(folder, 'service.js')], {
    env: { PORT: '0', REQUIRE_AUTH: 'false', DOORS: 'inline', NODE_DISABLE_COMPILE_CACHE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let loaded = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    loaded += text;
  });
  const exit = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, url } = JSON.parse(line) as { event?: string; url?: string };
    if (event !== 'listening' || !url) continue;
    await convertOnce(url);
    child.kill('SIGTERM');
  }
  await exit;
  await removeDir(folder);
  const modules = loaded.split('\n').map((name) => name.replace('NativeModule ', ''));
  expect(modules).toContain('http');
  expect(slow.filter((name) => modules.includes(name))).toEqual([]);
}, 60_000);
