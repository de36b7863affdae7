import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

test('thousands of objects are ordered once each through ten kills, and a million names are planned in little memory', () => {
  const env = { ...process.env, BENCH_OBJECTS: '5000', BENCH_NAMES: '1000000' };
  const { stdout } = spawnSync(process.execPath, ['bench/main.ts', 'scale'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  // Rates are figures of a quiet machine, not of this one.
  const missed = stdout.split('\n').filter((line) => line.startsWith('MISSED') && !line.includes('a second'));
  expect(missed).toEqual([]);
  expect(stdout).toContain('outputs ordered, of each: 1 (at least 1)');
});
