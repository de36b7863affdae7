import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { look, png } from '../batch/support/pictures.ts';
import { inFolder } from '../support/folder.ts';
import { ran } from './support/world.ts';

test.each([
  ['out.jpg', [], { format: 'jpeg', width: 60, height: 40 }],
  ['out.webp', ['--params', 'width=30'], { format: 'webp', width: 30, height: 20 }],
  ['out', ['--format', 'PNG', '--params', 'scale=0.5'], { format: 'png', width: 30, height: 20 }],
])('convert writes %s %j without a word', (file, flags, expected) =>
  inFolder(async (dir) => {
    const [from, to] = [join(dir, 'in.png'), join(dir, file)];
    await writeFile(from, await png(60, 40));
    expect(await ran(['convert', from, '-o', to, ...flags])).toEqual({ code: 0, out: '', err: '' });
    expect(await look(await readFile(to))).toMatchObject(expected);
  }),
);

test('convert --json describes the output', () =>
  inFolder(async (dir) => {
    const [from, to] = [join(dir, 'in.png'), join(dir, 'out.avif')];
    await writeFile(from, await png(60, 40));
    const { out } = await ran(['convert', from, '-o', to, '--json']);
    const { length: bytes } = await readFile(to);
    expect(JSON.parse(out)).toEqual({ file: to, format: 'avif', width: 60, height: 40, bytes });
  }));

test('a file that is not a picture or is over a limit is one line of error, and nothing is written', () =>
  inFolder(async (dir) => {
    const [from, to] = [join(dir, 'in.png'), join(dir, 'out.jpg')];
    await writeFile(from, 'no picture');
    expect(await ran(['convert', from, '-o', to])).toEqual({
      code: 1,
      out: '',
      err: 'imagetx: image: expected a picture, got text\n',
    });
    await writeFile(from, await png(60, 40));
    const limited = await ran(['convert', from, '-o', to, '--max-input-megapixels', '0.001']);
    expect(limited).toMatchObject({ code: 1, err: expect.stringMatching(/^imagetx: .*\n$/) });
    await expect(readFile(to)).rejects.toThrow('ENOENT');
  }));
