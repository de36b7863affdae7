import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { inFolder } from '../support/folder.ts';
import { slowest } from '../support/slowest_first.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const section = (title: string): string => textOf('CONTRIBUTING.md').split(`\n## ${title}\n`)[1] ?? '';

/** Rows of the first table of a section, without its head. */
const countRows = (title: string): readonly string[] =>
  (section(title).split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => /^\| (?!---)/.test(line))
    .slice(1);
const filesIn = (row: string): readonly string[] =>
  [...row.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file ?? '');

test('CONTRIBUTING says where ten things are', () => {
  const rows = countRows('Where is it?');
  expect(rows).toHaveLength(10);
  for (const row of rows) expect([row, filesIn(row).length > 0]).toEqual([row, true]);
});

/** A word of the code that answers the question, in a file that the row names. */
test.each([
  ['quality of a JPEG', 'engine/formats/jpeg.ts', 'quality: q'],
  ['over the limit', 'convert_stream/upload/meter.ts', "'too_large'"],
  ['over the limit', 'convert_stream/settings/config.ts', 'MAX_INPUT_BYTES: {'],
  ['signature', 'convert_stream/guards/signature.ts', "'forbidden'"],
  ['signature', 'common/problem.ts', 'forbidden: '],
  ['retry', 'convert_batch/run/retry.ts', 'maxAttempts'],
  ['EXIF orientation', 'engine/transform/orientation.ts', 'function orientationOf'],
  ['EXIF orientation', 'engine/pixels/render.ts', '.rotate(rotate)'],
  ['cache header', 'cloud/settings.ts', 'CACHE_CONTROL: {'],
  ['cache header', 'convert_stream/guards/cache_header.ts', 'cache-control'],
  ['effect', 'engine/effects/index.ts', 'effects = {'],
  ['format', 'engine/formats/index.ts', 'formats: readonly Format[]'],
  ['external reference', 'engine/svg/allow_list.ts', 'rasterData'],
  ['external reference', 'engine/svg/write.ts', 'function link'],
  ['SIGTERM', 'common/program.ts', "'SIGTERM'"],
  ['SIGTERM', 'common/server/drain.ts', 'drainMs'],
])('the answer about %s is in %s', (question, file, words) => {
  const row = countRows('Where is it?').find((one) => one.split('|')[1]?.includes(question)) ?? '';
  expect(filesIn(row)).toContain(file);
  expect(textOf(file)).toContain(words);
});

test('what is added is one file and one line in a list', () => {
  for (const row of countRows('Add something')) {
    const [file = '', list = ''] = filesIn(row);
    const name = file.split('/').at(-1)?.replace('.ts', '');
    expect([row, textOf(list).includes(`/${name}.ts'`)]).toEqual([row, true]);
  }
});

test('every file in the table of slow tests exists', () => {
  expect(slowest.filter((file) => !existsSync(join(root, 'test', file)))).toEqual([]);
});

test('under --inspect the codec worker can be debugged too', () =>
  inFolder(async (folder) => {
    const drawing = join(folder, 'a.svg');
    await writeFile(drawing, '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    const flags = ['--inspect=127.0.0.1:0', 'cli/main.ts', 'convert', drawing, '-o', join(folder, 'a.png')];
    const { stderr } = await promisify(execFile)(process.execPath, flags, { cwd: root });
    expect(stderr.match(/^Debugger listening on ws:/gm)).toHaveLength(2);
  }));
