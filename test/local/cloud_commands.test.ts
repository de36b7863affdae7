import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Storage } from '@google-cloud/storage';
import { expect, test } from '@jest/globals';
import { findRunning } from '../../local/state.ts';
import { inFolder } from '../support/folder.ts';
import { isInstalled } from '../support/installed.ts';
import { npmStart } from './support/start.ts';

const run = promisify(execFile);
const logo = fileURLToPath(new URL('../../logo.png', import.meta.url));
const areInstalled = ['bash', 'curl', 'gsutil'].filter((tool) => !isInstalled(tool)).length === 0;
(areInstalled ? test : test.skip)('the three commands that npm start prints work as printed', () =>
  inFolder(async (dir) => {
    await copyFile(logo, join(dir, 'logo.png'));
    const { child, ended, output } = await npmStart(['--random-ports'], dir);
    const [convert, fetchIt, upload] = output().match(/^ {2}(curl|source) .*$/gm) ?? [];
    const shell = async (command = '') => (await run('bash', ['-c', command], { cwd: dir })).stdout;
    const running = await findRunning(join(dir, '.local'));

    expect((await shell(convert)).trim()).toBe(`${running?.urls.cdn}/logo2.jpg`);
    await shell(fetchIt);
    expect((await readFile(join(dir, 'logo2.jpg'))).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));

    await shell(upload);
    const storage = new Storage({ apiEndpoint: running?.urls.storage ?? '', projectId: 'local-dev' });
    const bucket = storage.bucket(running?.buckets.destination ?? '');
    while (!(await bucket.file('1.svg').exists())[0] || !(await bucket.file('1.jpg').exists())[0]);
    for (const [name, type] of [
      ['1.svg', 'image/svg+xml'],
      ['1.jpg', 'image/jpeg'],
    ]) {
      const format = "'%{http_code} %{content_type}'";
      const asked = `${fetchIt?.replace(/-o .*/, '')} -s -o /dev/null -w ${format} ${running?.urls.cdn}/${name}`;
      expect(await shell(asked)).toBe(`200 ${type}`);
    }
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  }),
);
