import { execFile, execFileSync } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { look, png } from '../batch/support/pictures.ts';
import { filesIn, lines, withFiles } from './support/files.ts';
import { ran } from './support/world.ts';

const run = promisify(execFile);
const main = resolve('cli/main.ts');
const onPosix = process.platform === 'win32' ? test.skip : test;

test.each([
  ['an alphabet of three bytes a letter', '漢'.repeat(80)],
  ['a name of the greatest length', 'a'.repeat(250)],
])('an output has %s', (_what, stem) =>
  withFiles({ [`in/${stem}.gif`]: 'png' }, async (dir, convert) => {
    expect(await convert('@in', '-o', '@out', '--format', 'png')).toMatchObject({ code: 0 });
    expect(await filesIn(join(dir, 'out'))).toContain(`${stem}.png`);
  }),
);

onPosix('an output that is a link is written where the link leads, and stays a link', () =>
  withFiles({ 'a.png': 'png', 'far/real.webp': '' }, async (dir, convert) => {
    await symlink('far/real.webp', join(dir, 'out.webp'));
    expect(await convert('@a.png', '-o', '@out.webp')).toMatchObject({ code: 0 });
    expect((await lstat(join(dir, 'out.webp'))).isSymbolicLink()).toBe(true);
    expect(await look(await readFile(join(dir, 'far/real.webp')))).toMatchObject({ format: 'webp' });
  }),
);

onPosix('an output that is a pipe is written into the pipe, and stays a pipe', () =>
  withFiles({ 'a.png': 'png' }, async (dir) => {
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    const reader = run('cat', [join(dir, 'pipe')], { encoding: 'buffer' });
    await run(process.execPath, [main, 'convert', 'a.png', '-o', 'pipe', '--format', 'webp'], { cwd: dir });
    expect(await look((await reader).stdout)).toMatchObject({ format: 'webp' });
    expect((await lstat(join(dir, 'pipe'))).isFIFO()).toBe(true);
  }),
);

onPosix('/dev/stdout is standard output', () =>
  withFiles({ 'a.png': 'png' }, async (dir, convert) => {
    const args = [main, 'convert', 'a.png', '-o', '/dev/stdout', '--format', 'webp'];
    const { stdout } = await run(process.execPath, args, { cwd: dir, encoding: 'buffer' });
    expect(await look(stdout)).toMatchObject({ format: 'webp' });
    const terminal = { columns: 80, rows: 24, write: () => true };
    expect(await ran(['convert', join(dir, 'a.png'), '-o', '/dev/stdout'], { terminal })).toMatchObject({
      code: 2,
    });
    expect(await convert('@a.png', '@a.png', '--sizes', '1,2', '-o', '/dev/stdout')).toMatchObject({
      code: 2,
    });
  }),
);

onPosix('pipes and links to folders are no pictures, whatever they are called', () =>
  withFiles({ 'in/a.png': 'png', 'in/b/c.png': 'png' }, async (dir, convert) => {
    execFileSync('mkfifo', [join(dir, 'in/pipe.png')]);
    await symlink('pipe.png', join(dir, 'in/link_to_pipe.png'));
    await symlink('b', join(dir, 'in/folder.png'));
    await symlink('.', join(dir, 'in/loop'));
    await symlink('a.png', join(dir, 'in/link.png'));
    const made = ['@out/a.webp', '@out/b/c.webp', '@out/link.webp'];
    for (const source of ['@in', '@in/**']) {
      await rm(join(dir, 'out'), { recursive: true, force: true });
      const { code, out } = await convert(source, '-o', '@out', '--format', 'webp');
      expect({ source, code, out: lines(out) }).toEqual({ source, code: 0, out: made });
    }
  }),
);

onPosix('a folder that cannot be read does not stop the others', () =>
  withFiles(
    { 'in/a.png': 'png', 'in/b/x.png': 'png', 'in/c.png': 'png', 'shut/x.png': 'png' },
    async (dir) => {
      // Root may read everything.
      const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
      await mkdir(join(dir, 'out'));
      await chmod(dir, 0o755);
      await chmod(join(dir, 'out'), 0o777);
      for (const shut of ['in/b', 'shut']) await chmod(join(dir, shut), 0o000);
      const converted = async (folder: string) => {
        const args = [main, 'convert', folder, '-o', 'out/small', '--format', 'webp'];
        const env = { PATH: process.env.PATH, NODE_DISABLE_COMPILE_CACHE: '1' };
        const done = await run(process.execPath, args, { cwd: dir, env, ...user }).catch((error) => error);
        return { code: done.code, out: lines(done.stdout), err: done.stderr };
      };
      expect(await converted('in')).toEqual({
        code: 1,
        out: ['out/small/a.webp', 'out/small/c.webp'],
        err: expect.stringMatching(/^in\/b: permission denied\n2 done, 1 failed/),
      });
      expect(await converted('shut')).toMatchObject({ code: 1, err: /^shut: permission denied\n/ });
      for (const shut of ['in/b', 'shut']) await chmod(join(dir, shut), 0o755);
    },
  ),
);

test('a pattern that reaches into the folder of outputs takes none of them', () =>
  withFiles({ 'in/a.png': 'png', 'in/b/c.png': 'png' }, async (_dir, convert) => {
    for (const expected of [['@in/out/a.png', '@in/out/b/c.png'], []])
      expect(lines((await convert('@in/**/*.png', '-o', '@in/out', '--width', '30')).out)).toEqual(expected);
  }));

test('another watermark makes outputs anew', () =>
  withFiles({ 'in/a.png': 'png' }, async (dir, convert) => {
    const mark = async (side: number): Promise<void> =>
      writeFile(join(dir, 'mark.png'), await png(side, side));
    const made = async () => {
      const flags = ['--operation', 'watermarkimage', '--image', join(dir, 'mark.png')];
      return lines((await convert('@in', '-o', '@out', ...flags)).out);
    };
    await mark(8);
    expect(await made()).toEqual(['@out/a.png']);
    expect(await made()).toEqual([]);
    await mark(9);
    expect(await made()).toEqual(['@out/a.png']);
  }));

test('what cannot be written is a JPEG or a PNG where no format is wanted', () =>
  withFiles({ 'in/a.HEIC': '', 'in/b.dng': '', 'in/c.cur': '', 'in/d.pdf': '' }, async (_dir, convert) => {
    expect(lines((await convert('@in', '-o', '@out', '--dry-run')).out)).toEqual([
      '@in/a.HEIC -> @out/a.jpg',
      '@in/b.dng -> @out/b.jpg',
      '@in/c.cur -> @out/c.png',
      '@in/d.pdf -> @out/d.pdf',
    ]);
  }));

test('a file whose name has no extension of a picture needs a format, and gets no name without one', () =>
  withFiles({ picture: 'png', 'photo.old': 'png' }, async (dir, convert) => {
    expect(await convert('@picture')).toEqual({
      code: 1,
      out: '',
      err: 'imagetx: @picture: expected --format, since the name has no extension of a picture\n',
    });
    expect(await convert('@picture', '@photo.old', '-o', '@out')).toMatchObject({ code: 1 });
    expect(await convert('@picture', '--format', 'webp')).toMatchObject({ code: 0 });
    expect(await filesIn(dir)).toEqual(['.imagetx.json', 'photo.old', 'picture', 'picture.webp']);
  }));

onPosix('a file that begins with a hyphen is told from a flag', () =>
  withFiles({ '-a.png': 'png' }, async (dir) => {
    const convert = (...args: readonly string[]) =>
      run(process.execPath, [main, 'convert', ...args], { cwd: dir }).catch((error) => error);
    expect((await convert('-a.png', '-o', 'b.webp')).stderr).toBe(
      "imagetx: Unknown option '-a.png'; if it is a file, write ./-a.png\n",
    );
    await convert('./-a.png', '-o=b.webp');
    expect(await filesIn(dir)).toEqual(['-a.png', 'b.webp']);
  }),
);

(process.platform === 'linux' ? test : test.skip)('a name that is not in UTF-8 is said to be so', () =>
  withFiles({ 'in/a.png': 'png' }, async (dir, convert) => {
    await cp(Buffer.from(join(dir, 'in/a.png')).toString(), join(dir, 'b.png'));
    await writeFile(Buffer.concat([Buffer.from(`${dir}/in/`), Buffer.from([0xe9]), Buffer.from('.png')]), '');
    const { err } = await convert('@in', '-o', '@out', '--format', 'webp');
    expect(err).toContain('@in/\ufffd.png: its name is not in UTF-8, so it cannot be opened\n');
  }),
);
