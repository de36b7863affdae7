import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { commands } from '../../cli/commands/index.ts';
import { look, png } from '../batch/support/pictures.ts';
import { inFolder } from '../support/folder.ts';
import { filesIn, lines, withFiles } from './support/files.ts';
import { ran } from './support/world.ts';

test.each([
  ['out.jpg', [], { format: 'jpeg', width: 60, height: 40 }],
  ['out.webp', ['--params', 'width=30'], { format: 'webp', width: 30, height: 20 }],
  ['out.webp', ['--width', '30'], { format: 'webp', width: 30, height: 20 }],
  ['out', ['--format', 'PNG', '--params', 'scale=0.5'], { format: 'png', width: 30, height: 20 }],
  ['out.png', ['--operation', 'crop', '--width', '10', '--height', '20'], { width: 10, height: 20 }],
])('one file becomes %s by %j without a word', (file, flags, expected) =>
  withFiles({ 'in.png': 'png' }, async (dir, convert) => {
    expect(await convert('@in.png', '-o', `@${file}`, ...flags)).toEqual({ code: 0, out: '', err: '' });
    expect(await look(await readFile(join(dir, file)))).toMatchObject(expected);
  }),
);

test('a folder keeps its folders; what is hidden or no picture is left out and counted', () =>
  withFiles(
    { 'in/a.png': 'png', 'in/b/c.png': 'png', 'in/.git/x.png': 'png', 'in/.x.png': 'png', 'in/n.txt': '' },
    async (dir, convert) => {
      const { code, out, err } = await convert('@in', '-o', '@out', '--format', 'webp', '--width', '30');
      expect({ code, out: lines(out) }).toEqual({ code: 0, out: ['@out/a.webp', '@out/b/c.webp'] });
      expect(err).toMatch(/^2 done \(\d+ B\); left out: 2 hidden, 1 not a picture\n$/);
      expect(await look(await readFile(join(dir, 'out/b/c.webp')))).toMatchObject({ width: 30 });
    },
  ));

test('several folders keep their names, so that their files do not collide', () =>
  withFiles({ 'a/x.png': 'png', 'b/x.png': 'png', 'y.png': 'png' }, async (_dir, convert) => {
    const { out } = await convert('@a', '@b/', '@y.png', '-o', '@out', '--format', 'webp');
    expect(lines(out)).toEqual(['@out/a/x.webp', '@out/b/x.webp', '@out/y.webp']);
  }));

test('several formats and sizes, with names that tell them apart', () =>
  withFiles({ 'in/a.png': 'png' }, async (dir, convert) => {
    await convert('@in/', '-o', '@out', '--format', 'webp,jpg', '--sizes', '20,30');
    expect(await filesIn(join(dir, 'out'))).toEqual([
      '.imagetx.json',
      ...['a-20w.jpg', 'a-20w.webp', 'a-30w.jpg', 'a-30w.webp'],
    ]);
    expect(await look(await readFile(join(dir, 'out/a-20w.jpg')))).toMatchObject({ width: 20, height: 13 });
  }));

test.each([
  ['without -o, beside the source', [], 'in/a.webp'],
  ['in a folder that ends with /', ['-o', '@new/'], 'new/a.webp'],
  ['by a pattern', ['-o', '@new/{name}-small.{ext}'], 'new/a-small.webp'],
  ['by a pattern with the whole name', ['-o', '@new/{file}.{ext}'], 'new/a.png.webp'],
])('outputs go %s', (_where, flags, expected) =>
  withFiles({ 'in/a.png': 'png' }, async (dir, convert) => {
    expect(await convert('@in/a.png', '--format', 'webp', ...flags)).toMatchObject({ code: 0, err: '' });
    expect(await filesIn(dir)).toContain(expected);
  }),
);

test.each(commands.convert?.examples ?? [])('the example `imagetx convert %s` works', (example) =>
  inFolder(async (dir) => {
    for (const name of ['photo.jpg', 'photo.heic', 'photos/a.jpg', 'photos/b/c.jpg']) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(
        join(dir, name),
        await sharp(await png(600, 400))
          .jpeg()
          .toBuffer(),
      );
    }
    await copyFile('docs/presets.yaml', join(dir, 'presets.yaml'));
    const before = (await filesIn(dir)).length;
    const command = `"${process.execPath}" "${resolve('cli/main.ts')}" convert ${example}`;
    await promisify(execFile)('sh', ['-c', command], { cwd: dir });
    expect((await filesIn(dir)).length).toBeGreaterThan(before);
  }),
);

const presetFile = `
thumb: { operation: crop, params: { width: 10, height: 20, type: auto } }
hero: { pipeline: [{ operation: flip }, { operation: convert, params: { type: png, width: 30 } }] }
`;

test('presets make one output each, in their own format', () =>
  withFiles({ 'in/a.png': 'png', 'presets.yaml': presetFile }, async (dir, convert) => {
    const flags = ['--presets', 'thumb,hero', '--presets-file', '@presets.yaml'];
    expect(lines((await convert('@in', '-o', '@out', ...flags)).out)).toEqual([
      ...['@out/a-hero.png', '@out/a-thumb.webp'],
    ]);
    expect(await look(await readFile(join(dir, 'out/a-thumb.webp')))).toMatchObject({
      width: 10,
      height: 20,
    });
    await convert(
      '@in/a.png',
      '-o',
      '@one.jpg',
      '--preset',
      'hero',
      '--presets-file',
      '@presets.yaml',
      '--width',
      '15',
    );
    expect(await look(await readFile(join(dir, 'one.jpg')))).toMatchObject({ format: 'jpeg', width: 15 });
  }));

test('a pattern that the shell left alone is found, and keeps folders', () =>
  withFiles({ 'in/a.png': 'png', 'in/b/c.png': 'png', 'in/n.txt': '' }, async (_dir, convert) => {
    const { out } = await convert('@in/**/*.png', '-o', '@out', '--format', 'jpg');
    expect(lines(out)).toEqual(['@out/a.jpg', '@out/b/c.jpg']);
    expect(await convert('@in/*', '-o', '@out', '--format', 'gif')).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^1 done .*; left out: 1 not a picture\n$/),
    });
    expect(await convert('@in/*.tiff', '-o', '@out')).toMatchObject({
      code: 1,
      err: expect.stringContaining('in/*.tiff: no file matches'),
    });
  }));

test('what is up to date is skipped: by source, parameters, and the output itself', () =>
  withFiles({ 'in/a.png': 'png', 'in/b.png': 'png' }, async (dir, convert) => {
    const again = (...flags: readonly string[]) =>
      convert('@in', '-o', '@out', '--format', 'webp', ...flags).then(({ out }) => lines(out));
    expect(await again()).toEqual(['@out/a.webp', '@out/b.webp']);
    expect(await again()).toEqual([]);
    await utimes(join(dir, 'in/a.png'), 1, 1);
    expect(await again()).toEqual(['@out/a.webp']);
    expect(await again('--quality', '50')).toEqual(['@out/a.webp', '@out/b.webp']);
    // A limit may leave frames out.
    expect(await again('--quality', '50', '--max-frames', '1')).toHaveLength(2);
    expect(await again('--quality', '50')).toHaveLength(2);
    await rm(join(dir, 'out/b.webp'));
    expect(await again('--quality', '50')).toEqual(['@out/b.webp']);
    expect(await again('--quality', '50', '--all')).toEqual(['@out/a.webp', '@out/b.webp']);
    for (const damaged of ['{', 'null', '{"outputs":{"a.webp":{"source":5},"b.webp":null}}']) {
      await writeFile(join(dir, 'out/.imagetx.json'), damaged);
      expect(await again('--quality', '50')).toHaveLength(2);
    }
  }));

test('outputs beside their sources are no sources of the next run', () =>
  withFiles({ 'in/a.png': 'png' }, async (dir, convert) => {
    await convert('@in', '--format', 'webp');
    await writeFile(
      join(dir, 'in/.imagetx.json'),
      (await readFile(join(dir, 'in/.imagetx.json'), 'utf8')).replace(
        '"outputs": {',
        '"outputs": {"a.png":{"source":5},',
      ),
    );
    const { out, err } = await convert('@in', '--format', 'jpg');
    expect(lines(out)).toEqual(['@in/a.jpg']);
    // Their record is no file that is left out.
    expect(err).not.toContain('left out');
    expect(await filesIn(join(dir, 'in'))).toEqual(['.imagetx.json', 'a.jpg', 'a.png', 'a.webp']);
    // They are sources where the outputs go elsewhere.
    expect(lines((await convert('@in', '-o', '@out/{file}.{ext}', '--format', 'gif')).out)).toHaveLength(3);
  }));

test('outputs that the shell names beside their sources are up to date, not sources', () =>
  withFiles({ 'a.png': 'png', 'b.png': 'png' }, async (_dir, convert) => {
    await convert('@a.png', '@b.png', '--format', 'webp');
    const all = ['@a.png', '@a.webp', '@b.png', '@b.webp'];
    expect(await convert(...all, '--format', 'webp')).toEqual({
      code: 0,
      out: '',
      err: '0 done, 2 up to date\n',
    });
    // Named without what they were made of, they are sources.
    expect(lines((await convert('@a.webp', '@b.webp', '--format', 'gif')).out)).toEqual(['@a.gif', '@b.gif']);
  }));

test('a folder of outputs inside the folder of sources is not converted again', () =>
  withFiles({ 'in/a.png': 'png' }, async (_dir, convert) => {
    for (const expected of [['@in/out/a.webp'], []])
      expect(lines((await convert('@in', '-o', '@in/out', '--format', 'webp')).out)).toEqual(expected);
  }));

test('a bad file and a lost one do not stop the others', () =>
  withFiles({ 'in/a.png': 'png', 'in/bad.png': 'no picture', 'in/z.png': 'png' }, async (_dir, convert) => {
    const { code, out, err } = await convert('@in', '@lost.png', '-o', '@out', '--format', 'webp,jpg');
    expect({ code, out: lines(out) }).toEqual({
      code: 1,
      out: ['@out/in/a.jpg', '@out/in/a.webp', '@out/in/z.jpg', '@out/in/z.webp'],
    });
    expect(err.split('\n').slice(0, -2)).toEqual([
      '@lost.png: no such file or folder',
      '@in/bad.png: image: expected a picture, got text',
    ]);
    expect(err).toMatch(/\n4 done, 3 failed \(.*\)\n$/);
  }));

test('two sources with one output name are told, and the first one keeps it', () =>
  withFiles({ 'in/a.gif': 'png', 'in/a.png': 'png' }, async (_dir, convert) => {
    const { code, out, err } = await convert('@in', '-o', '@out', '--format', 'webp');
    expect({ code, out }).toEqual({ code: 1, out: '@out/a.webp\n' });
    expect(err).toContain('@in/a.png: @out/a.webp is made of @in/a.gif; -o OUT/{file}.{ext} keeps both\n');
    expect(await convert('@in', '-o', '@out/{file}.{ext}', '--format', 'webp')).toMatchObject({ code: 0 });
  }));

test('no output overwrites a source, under none of its names', () =>
  withFiles({ 'in/a.png': 'png', 'in/b.jpg': 'png' }, async (dir, convert) => {
    const before = await readFile(join(dir, 'in/a.png'));
    await link(join(dir, 'in/a.png'), join(dir, 'hard.png'));
    await symlink(join(dir, 'in/a.png'), join(dir, 'soft.png'));
    for (const out of ['@in/a.png', '@in/', '@hard.png', '@soft.png']) {
      const refused = await convert('@in/a.png', '-o', out, '--width', '5');
      expect(refused).toMatchObject({
        code: 1,
        err: expect.stringContaining('would overwrite the source @in/a.png'),
      });
    }
    const crossed = await convert('@in', '--format', 'png');
    expect(crossed).toMatchObject({ code: 1, err: expect.stringContaining('would overwrite the source') });
    expect(await readFile(join(dir, 'in/a.png'))).toEqual(before);
  }));

test('a dry run lists what would be made, and writes nothing', () =>
  withFiles({ 'in/a.png': 'png' }, async (dir, convert) => {
    expect(await convert('@in', '-o', '@out', '--format', 'webp', '--dry-run')).toEqual({
      code: 0,
      out: '@in/a.png -> @out/a.webp\n',
      err: '1 would be made\n',
    });
    expect(await filesIn(dir)).toEqual(['in/a.png']);
  }));

test('--json has one object per output, also for failures', () =>
  withFiles({ 'in/a.png': 'png', 'in/bad.png': '' }, async (dir, convert) => {
    const { out } = await convert('@in', '-o', '@out', '--format', 'webp', '--json');
    const { size: bytes } = await stat(join(dir, 'out/a.webp'));
    const none = { format: null, width: null, height: null, bytes: null };
    const facts = { format: 'webp', width: 60, height: 40, bytes };
    expect(lines(out).map((line) => JSON.parse(line))).toEqual([
      { source: '@in/a.png', file: '@out/a.webp', state: 'done', ...facts, error: null },
      {
        ...{ source: '@in/bad.png', file: '@out/bad.webp', state: 'failed', ...none },
        error: 'image: expected a picture, got no bytes',
      },
    ]);
  }));

test.each([
  [['@a.png', '@b.jpg'], 'no such file or folder; is it the output? Then write -o @b.jpg'],
  [['@a.png', '@c.png', '-o', '@one.webp'], '-o: expected a folder for several outputs, got @one.webp'],
  [['@a.png', '-o', '@b.jpg', '--width', 'x'], '--width: expected a whole number'],
  [
    ['@a.png', '-o', '@b.jpg', '--params', 'widht=3'],
    '--params: widht: no such parameter here; did you mean width?',
  ],
  [['@a.png', '-o', '@b.jpg', '--text', 'x'], '--text: the operation convert does not take it'],
  [['@a.png', '-o', '@b.jpg', '-resize', '8x6'], "Unknown option '-resize'"],
  [['@a.png', '-o', ''], '-o: expected text such as small.webp, got nothing'],
  [['@a.png', '-o'], '-o: expected text such as small.webp, got nothing'],
  [
    ['@a.png', '--text', '-x-'],
    '--text: expected text such as hello, got nothing; with a hyphen at the beginning it is --text=-...',
  ],
  [['@a.png', '--width'], '--width: expected a whole number'],
  [['@a.png', '--out', '@b.jpg'], "Unknown option '--out'; did you mean -o?"],
  [['@a.png', '--output=@b.jpg'], "Unknown option '--output'; did you mean -o?"],
  [['@a.png', '-q', '5'], "Unknown option '-q'; did you mean --quality?"],
  [['-a.png', '-o', '@b.jpg'], "Unknown option '-a.png'"],
  [['@a.png', '--format', 'jpgg'], 'format: expected one of'],
  [['@a.png', '--format', 'jpg', '--sizes', '0'], '--sizes: expected widths from 1 to 16383, got 0'],
  [
    ['@a.png', '-o', '@b'],
    '-o: expected the extension of a format, such as small.webp, or --format, got @b\n',
  ],
  [['@a.png', '-o', '@b.nope'], 'got @b.nope\n'],
  [['-', '-o', '@out/'], '--format: expected a format for standard input, got none'],
  [['@a.png', '--preset', 'thumb'], 'preset: expected none'],
  [[], 'FILES: expected a file or a folder, got none'],
])('%j is a wrong call: %s', (args, reason) =>
  withFiles({ 'a.png': 'png', 'c.png': 'png' }, async (dir, convert) => {
    const { code, out, err } = await convert(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(reason);
    expect(await filesIn(dir)).toEqual(['a.png', 'c.png']);
  }),
);

test('a file that is not a picture or is over a limit is one line of error, and nothing is written', () =>
  withFiles({ 'in.png': 'no picture', 'large.png': 'png' }, async (dir, convert) => {
    expect(await convert('@in.png', '-o', '@out.jpg')).toEqual({
      code: 1,
      out: '',
      err: 'imagetx: image: expected a picture, got text\n',
    });
    const limited = await convert('@large.png', '-o', '@out.jpg', '--max-input-megapixels', '0.001');
    expect(limited).toMatchObject({ code: 1, err: expect.stringMatching(/^imagetx: .*\n$/) });
    expect(await filesIn(dir)).toEqual(['in.png', 'large.png']);
  }));

test('a folder without pictures is a failure', () =>
  withFiles({ 'in/n.txt': '' }, async (_dir, convert) => {
    expect(await convert('@in', '--format', 'webp')).toMatchObject({
      code: 1,
      err: expect.stringContaining('imagetx: found no pictures\n'),
    });
  }));

test('a picture goes from standard input to standard output, but never to a terminal', () =>
  inFolder(async (dir) => {
    await writeFile(join(dir, 'a.png'), await png(60, 40));
    const command = `"${process.execPath}" cli/main.ts convert - --format webp --width 30 < "${join(dir, 'a.png')}"`;
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { encoding: 'buffer' });
    expect(await look(stdout)).toMatchObject({ format: 'webp', width: 30 });
    const terminal = { columns: 80, rows: 24, write: () => true };
    expect(await ran(['convert', join(dir, 'a.png'), '-o', '-'], { terminal })).toEqual({
      code: 2,
      out: '',
      err: 'imagetx: standard output is a terminal: expected -o FILE, or a pipe\n',
    });
  }));

const ends = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

test.each(ends)('%s leaves no half file, and the next run goes on with the rest', (signal) =>
  inFolder(async (dir) => {
    const names = Array.from({ length: 400 }, (_, index) => `${index}.png`);
    const picture = await png(400, 300);
    await mkdir(join(dir, 'in'));
    for (const name of names) await writeFile(join(dir, 'in', name), picture);
    const args = ['convert', join(dir, 'in'), '-o', join(dir, 'out'), '--format', 'avif', '--parallel', '2'];
    const child = spawn(process.execPath, ['cli/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = child.stderr.toArray();
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, signal]);
    expect(String(Buffer.concat(await said))).toMatch(
      /imagetx: stopped: \d+ of 400 finished; the same command goes on with the rest\n$/,
    );
    const there = (await readdir(join(dir, 'out'))).filter((name) => !name.startsWith('.'));
    expect(there.length).toBeLessThan(400);
    expect((await readdir(join(dir, 'out'))).filter((name) => name.endsWith('.part'))).toEqual([]);
    for (const name of there) expect((await look(await readFile(join(dir, 'out', name)))).width).toBe(400);
    const { out } = await ran([...args, '--json', '--dry-run']);
    const fresh = lines(out).filter((line) => JSON.parse(line).state === 'fresh');
    // The signal may come between a file and its entry in the record; such a file is made again.
    expect(fresh.length).toBeGreaterThanOrEqual(there.length - 2);
  }),
);
