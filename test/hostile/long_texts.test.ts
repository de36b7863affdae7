import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const script = fileURLToPath(new URL('long_texts.ts', import.meta.url));

test('every reader of text reads a long one quickly, and does not crash', async () => {
  // A process of its own: a reader that never returns would block the test.
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 150_000 });
  const lines = stdout.trim().split('\n');
  expect(lines.filter((line) => line.includes(': '))).toEqual([]);
  expect(lines.at(-1)).toBe(`${lines.length - 1} rows`);
});
