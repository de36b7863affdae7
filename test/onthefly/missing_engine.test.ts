import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { get, post } from './setup.ts';

const install = 'npm install @imagemagick/magick-wasm, or take the image of VARIANT=full';
const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');

/** `imagetx serve` as if ImageMagick were not installed, and the lines of its start. */
async function startWithout() {
  const args = ['--require', './test/support/without_magick.cjs', 'cli/main.ts', 'serve', '-a', '127.0.0.1'];
  const child = spawn(process.execPath, [...args, '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
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
