import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** The libraries in native code that a module brings into a process. */
async function nativeLibraries(file: string): Promise<string> {
  const url = new URL(`../../${file}`, import.meta.url).href;
  const program = `await import(${JSON.stringify(url)}); console.log(process.report.getReport().sharedObjects.join());`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return stdout;
}

test('the converter loads libvips', async () => {
  expect(await nativeLibraries('convert_batch/run/make_output.ts')).toContain('libvips');
});

test('Fan does not load libvips', async () => {
  expect(await nativeLibraries('convert_batch/gcf/fan.ts')).not.toContain('libvips');
});
