import type { writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { bufferedOutput } from '../../common/log/output.ts';
import { programOf } from '../support/program.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** An output whose first writes fail with these codes; it takes at most `most` bytes a write. */
function outputWith({ codes = [], most = 1e9 }: { codes?: string[]; most?: number } = {}) {
  const writes: string[] = [];
  const write = (_fd: number, bytes: Uint8Array): number => {
    const code = codes.shift();
    if (code) throw failure(code);
    writes.push(Buffer.from(bytes.subarray(0, most)).toString());
    return Math.min(most, bytes.length);
  };
  return { writes, output: bufferedOutput(1, write as typeof writeSync) };
}

test('the lines of one turn are written together', async () => {
  const { writes, output } = outputWith();
  for (const line of ['a\n', 'b\n', 'c\n']) output.write(line);
  expect(writes).toEqual([]);
  await nextTurn();
  output.write('d\n');
  await nextTurn();
  expect(writes).toEqual(['a\nb\nc\n', 'd\n']);
});

test('much text does not wait for the end of the turn', () => {
  const { writes, output } = outputWith();
  output.write('x'.repeat(70_000));
  expect(writes.join('')).toHaveLength(70_000);
});

test('what a pipe does not take at once follows', async () => {
  const { writes, output } = outputWith({ codes: ['EAGAIN', 'EAGAIN'], most: 3 });
  output.write('1234567\n');
  while (writes.join('').length < 8) await sleep(1);
  expect(writes).toEqual(['123', '456', '7\n']);
});

test('a reader that has gone costs lines, not the process', async () => {
  const { writes, output } = outputWith({ codes: ['EPIPE'] });
  output.write('a\n');
  await nextTurn();
  output.write('b\n');
  await nextTurn();
  expect(writes).toEqual([]);
});

const { run } = programOf('test/common/fixtures/last_words.ts');

test.each([
  ['return', 0],
  ['exit', 3],
  ['error', 1],
  ['rejection', 1],
  ['restart', 0],
])('no line is lost at the end of a program by %s', async (END, code) => {
  const { program, exit } = run({ END });
  let text = '';
  program.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  expect(await exit).toMatchObject({ code });
  expect(text.split('\n').filter((line) => line.includes('last words'))).toHaveLength(100);
});
