import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { findRunning } from '../../local/running_file.ts';
import { inFolder } from '../support/folder.ts';
import { isInstalled } from '../support/installed.ts';
import { npmStart } from './support/start.ts';

const run = promisify(execFile);
const logo = fileURLToPath(new URL('../../logo.png', import.meta.url));
const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const areInstalled = ['bash', 'curl'].filter((tool) => !isInstalled(tool)).length === 0;
(areInstalled ? test : test.skip)('the command of each door that npm start prints works as printed', () =>
  inFolder(async (dir) => {
    await copyFile(logo, join(dir, 'logo.png'));
    const { child, ended, output } = await npmStart(['--random-ports'], dir);
    try {
      const [inline, put, onTheFly] = output().match(/^ {4}(curl|npm) .*$/gm) ?? [];
      const shell = async (command = '') => {
        const here = command.replace('npm run --silent imagetx --', `"${process.execPath}" "${main}"`);
        return (await run('bash', ['-c', here], { cwd: dir })).stdout;
      };
      const cdn = (await findRunning(join(dir, '.local')))?.urls.cdn;
      const [, withAuthority = ''] = /\((curl --cacert .*)\)/.exec(output()) ?? [];
      const shown = (name: string) =>
        shell(`${withAuthority} -s -o /dev/null -w '%{http_code} %{content_type}' ${cdn}/${name}`);

      expect(await shell(inline)).toBe(`${cdn}/logo2.jpg\n`);
      expect((await shell(put)).split('\n').sort()).toEqual(['', `${cdn}/1.jpg`, `${cdn}/1.svg`]);
      expect(await Promise.all(['logo2.jpg', '1.jpg', '1.svg'].map(shown))).toEqual([
        '200 image/jpeg',
        '200 image/jpeg',
        '200 image/svg+xml',
      ]);
      await shell(onTheFly);
      const small = await readFile(join(dir, '.local', 'small.webp'));
      expect(small.toString('latin1', 8, 12)).toBe('WEBP');

      const typeOf = async (url: string, accept: string) =>
        (await fetch(url, { headers: { accept } })).headers.get('content-type');
      const [, page = ''] = output().match(/page to try it +(http\S+)/) ?? [];
      expect(await typeOf(page, 'text/html')).toMatch(/^text\/html/);
      const [sample = ''] = output().match(/http\S+file=sample\.jpg\S+/) ?? [];
      expect(await typeOf(sample, '*/*')).toBe('image/jpeg');
      child.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  }),
);
