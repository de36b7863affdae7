import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

/** Native modules that a fresh process has loaded after it imported these. */
async function nativeModules(...modules: readonly string[]): Promise<readonly string[]> {
  const imports = modules.map((name) => `await import(${JSON.stringify(join(root, name))});`).join('');
  const list = 'console.log(JSON.stringify(process.report.getReport().sharedObjects))';
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    imports + list,
  ]);
  const loaded = JSON.parse(stdout) as readonly string[];
  return loaded.filter((file) => /sharp|vips/.test(file));
}

test('formats, operations and conversions can be named without loading sharp', async () => {
  expect(await nativeModules('engine/catalog.ts', 'engine/settings.ts')).toEqual([]);
  expect(await nativeModules('engine/index.ts')).not.toEqual([]);
});
