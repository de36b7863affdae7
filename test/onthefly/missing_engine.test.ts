import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { get, post } from './setup.ts';

const install = 'npm install @imagemagick/magick-wasm, or take the full image, not the slim one';
const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');

const without = ['--require', './test/support/without_magick.cjs', 'cli/main.ts'];

/** `imagetx serve` with both doors as if ImageMagick were not installed, and the lines of its start. */
async function startWithout() {
  const env = { ...process.env, DOORS: 'inline,onthefly' };
  const args = [...without, 'serve', '-a', '127.0.0.1', '-p', '0'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    if (line.startsWith('Reads')) break;
  }
  const url = /http:\/\/[\d.]+:\d+/.exec(lines.join('\n'))?.[0] ?? '';
  return { child, lines, url };
}

test('a build without ImageMagick says what it reads and what to install: at the start, by /formats, in refusals', async () => {
  const { child, lines, url } = await startWithout();
  try {
    // Most EXR files have a decoder of their own.
    expect(lines.at(-1)).toMatch(/^Reads jpeg, [^;]*exr[^;]*; not heif, [^;(]*bmp[^;(]* \(/);
    expect(lines.at(-1)).not.toMatch(/; not [^(]*exr/);
    expect(lines.at(-1)).toContain(`(${install})`);

    const { formats } = JSON.parse(String((await get(url, '/formats')).body));
    const row = formats.find(({ name }: { name: string }) => name === 'heif');
    expect(row).toMatchObject({ reads: false, missing: ['@imagemagick/magick-wasm'] });

    const read = await post(url, '/resize?width=9', heic);
    expect(JSON.parse(String(read.body))).toEqual({
      status: 406,
      message: `Unsupported media type: reading HEIC needs @imagemagick/magick-wasm: ${install}`,
    });
    const form = new FormData();
    form.append('format', 'jpg');
    form.append('image', new Blob([heic]), 'photo.heic');
    const inline = await fetch(`${url}/convert`, { method: 'POST', body: form });
    expect(await inline.json()).toEqual({
      status: 406,
      message: `Unsupported media type: reading HEIC needs @imagemagick/magick-wasm: ${install}`,
    });
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
    const written = await post(url, '/convert?type=jxl', gif);
    expect([written.status, JSON.parse(String(written.body)).message]).toEqual([
      400,
      expect.stringContaining(`writing JXL needs @imagemagick/magick-wasm: ${install}`),
    ]);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});

test('so does the command', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'imagetx-missing-'));
  const [input, output] = [join(folder, 'photo.heic'), join(folder, 'photo.jpg')];
  await writeFile(input, heic);
  const args = [...without, 'convert', input, '-o', output];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain(`reading HEIC needs @imagemagick/magick-wasm: ${install}`);
});
