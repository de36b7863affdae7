import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';

const root = join(import.meta.dirname, '..');
const archive = join(root, 'dist/fan.zip');

function build(timezone: string): Buffer {
  const env = { ...process.env, TZ: timezone };
  execFileSync(process.execPath, ['build/main.ts'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readFileSync(archive);
}
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

test('the archive of Fan has the same bytes whenever and wherever it is built', () => {
  const first = build('Pacific/Auckland');
  const second = build('America/Los_Angeles');
  expect(hashOf(second)).toBe(hashOf(first));
  const files = unzipSync(new Uint8Array(second));
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['index.js', 'package.json']));
  const { main, dependencies } = JSON.parse(Buffer.from(files['package.json'] ?? []).toString());
  expect([main, Object.keys(dependencies)]).toEqual(['index.js', ['@google-cloud/functions-framework']]);
  // By another program than the one that packed it, where it is there.
  const listed = execFileSync('python3', ['-m', 'zipfile', '-t', archive], { encoding: 'utf8' });
  expect(listed).toContain('Done testing');
});
