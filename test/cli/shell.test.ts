import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commands } from '../../cli/commands/index.ts';
import { version } from '../../convert_stream/http/version.ts';
import { inFolder } from '../support/folder.ts';
import { ran } from './support/world.ts';

/** The command as a process. */
function started(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['cli/main.ts', ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

test.each(['--version', '-v', 'version'])('imagetx %s prints the version', async (word) => {
  expect(await started([word])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('help lists every command, and `help COMMAND` the flags of one', async () => {
  const { out } = await started(['help']);
  for (const name of Object.keys(commands)) expect(out).toContain(`\n  ${name} `);
  expect(await started(['help', 'sign'])).toEqual(await started(['sign', '--help']));
  expect((await started(['help', 'convert'])).out).toContain(
    '\n  imagetx convert photo.heic -o photo.avif\n',
  );
});

test('a command that does not exist is answered with the one that was probably meant', async () => {
  expect(await started(['covnert'])).toEqual({
    code: 2,
    out: '',
    err: 'imagetx: no such command: covnert; did you mean convert?\n',
  });
  const { code, err } = await started(['frobnicate']);
  expect([code, err]).toEqual([2, expect.stringMatching(/^Usage: .*no such command: frobnicate\n$/s)]);
});

test.each([
  [['convert', '--parms', 'x'], "Unknown option '--parms'; did you mean --params?"],
  [['sign', '--expire', 'x'], "Unknown option '--expire'; did you mean --expires?"],
  [['sign', '--frobnicate'], "Unknown option '--frobnicate'"],
])('%j is answered with the flag that was probably meant', async (args, reason) => {
  expect(await ran(args)).toEqual({ code: 2, out: '', err: `imagetx: ${reason}\n` });
});

test('a file in the place of a command is answered with the command that converts it', async () => {
  expect((await started(['logo.png'])).err).toBe(
    'imagetx: no such command: logo.png; to convert it: imagetx convert logo.png -o OUT\n',
  );
});

test('inspect says what pictures are, and goes on after a file that is none', async () => {
  expect(await ran(['inspect', 'logo.png', 'package.json', 'gone.png'])).toEqual({
    code: 1,
    out: 'logo.png: png, 512 x 512, srgb, alpha, 14.7 kB\n',
    err: 'package.json: image: expected a picture, got text\ngone.png: no such file or folder\n',
  });
  const { out } = await ran(['inspect', 'logo.png', '--json']);
  expect(JSON.parse(out)).toMatchObject({ file: 'logo.png', format: 'png', width: 512, bytes: 14739 });
});

function isInstalled(shell: string): boolean {
  if (spawnSync(shell, ['--version']).status === 0) return true;
  process.stderr.write(`skipped: ${shell} is not installed\n`);
  return false;
}

/** Presses Tab at the end of a line in bash. */
async function completed(line: string): Promise<readonly string[]> {
  const { out } = await ran(['completion', 'bash']);
  const words = line.split(' ').map((word) => `'${word}'`);
  const script = `${out}
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _imagetx; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

test.each([
  ['imagetx con', ['convert']],
  ['imagetx s', ['status', 'serve', 'sign']],
  ['imagetx sign --h', ['--host']],
  ['imagetx serve -enable-url-so', ['-enable-url-source']],
  ['imagetx convert --door in', ['inline']],
  ['imagetx completion z', ['zsh']],
  ['imagetx convert x', []],
  ['imagetx convert --format we', ['webp']],
  ['imagetx convert --format webp,av', ['webp,avif']],
  ['imagetx help con', ['convert']],
])('bash completes `%s`', async (line, expected) => {
  expect(await completed(line)).toEqual(expected);
});

test.each([
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
])('the completion of %s is a valid script with every command', async (shell, flags) => {
  const { out } = await ran(['completion', shell]);
  for (const name of Object.keys(commands)) expect(out).toContain(name);
  if (!isInstalled(shell)) return;
  await inFolder(async (dir) => {
    const script = join(dir, 'script');
    await writeFile(script, out);
    const read = spawnSync(shell, [...flags, script], { encoding: 'utf8' });
    expect(read).toMatchObject({ status: 0, stderr: '' });
  });
});

test.each([
  ['convert --format we', ['webp']],
  ['convert --format webp,av', ['webp,avif']],
  ['convert --door in', ['inline']],
  ['help con', ['convert']],
  ['serve -enable-url-so', ['-enable-url-source']],
])('fish completes `imagetx %s`', async (line, expected) => {
  if (!isInstalled('fish')) return;
  const { out } = await ran(['completion', 'fish']);
  await inFolder(async (dir) => {
    const script = join(dir, 'imagetx.fish');
    await writeFile(script, out);
    const said = spawnSync('fish', ['-c', `source '${script}'; complete -C 'imagetx ${line}'`], {
      encoding: 'utf8',
      env: { ...process.env, HOME: dir },
    });
    expect(said).toMatchObject({ status: 0, stderr: '' });
    expect(said.stdout.split('\n').flatMap((one) => one.split('\t')[0] || [])).toEqual(expected);
  });
});

test('zsh registers the completion where it is sourced, and says nothing where completions are off', async () => {
  if (!isInstalled('zsh')) return;
  const { out } = await ran(['completion', 'zsh']);
  await inFolder(async (dir) => {
    const script = join(dir, 'script');
    await writeFile(script, out);
    for (const [first, expected] of [
      ['autoload -U compinit; compinit -u -D', '_imagetx\n'],
      ['', '\n'],
    ]) {
      const said = spawnSync('zsh', ['-f', '-c', `${first}\nsource '${script}'; echo $_comps[imagetx]`], {
        encoding: 'utf8',
      });
      expect(said).toMatchObject({ status: 0, stdout: expected, stderr: '' });
    }
  });
});

test('completion says which shells there are', async () => {
  expect(await ran(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    err: 'imagetx: SHELL: expected one of bash, zsh, fish, got tcsh\n',
  });
});
