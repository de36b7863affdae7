import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'proof/clients');

/** The real packages have a folder of their own, since they are larger than everything else. */
function install(): string | undefined {
  const quiet = ['--omit=optional', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', ['ci', ...quiet], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  });
  return status === 0 && existsSync(join(folder, 'node_modules/next')) ? undefined : stderr.split('\n', 1)[0];
}

const failure = install();
if (failure !== undefined)
  console.log(`skipped: the packages of the frameworks cannot be installed: ${failure}`);

(failure === undefined ? test : test.skip)(
  'the loaders have the types of next/image, Nuxt Image and unpic',
  () => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
    expect([stdout, status]).toEqual(['', 0]);
  },
);
