import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commands } from '../../cli/commands/index.ts';
import { inFolder } from '../support/folder.ts';
import { pretendCloud, ran } from './support/world.ts';

const wrong: readonly (readonly [args: string, code: number, line: RegExp])[] = [
  ['put', 2, /^imagetx: FILES: expected a file to upload, got none$/],
  ['put a.png', 2, /^imagetx: --formats: expected .* such as svg,jpg, got nothing$/],
  ['put gone.png --formats jpg', 1, /gone\.png: no such file or folder$/],
  ['put . --formats jpg', 2, /: a folder, not a file$/],
  ['put a.png --formats jpg --timeout soon', 2, /^imagetx: --timeout: expected a number .*, got "soon"$/],
  [
    'put a.png --formats jpg --timeout -1',
    2,
    /^imagetx: --timeout: expected a number .*it is --timeout=-\.\.\.$/,
  ],
  ['put a.png --formatz jpg', 2, /Unknown option '--formatz'/],
  ['put a.png b/a.png --formats jpg', 2, /a\.png and .*a\.png: both would become a\.png$/],
  ['put a.png c.png --name 1 --formats jpg', 2, /a\.png and .*c\.png: both would make 1\.jpg$/],
  ['put a.png --formats jpg --to gs://imagetx-dst/x', 2, /--to: expected the source bucket imagetx-src/],
  ['put a.png --formats jpg --to there', 2, /expected a URL such as gs:\/\/BUCKET\/NAME, got "there"/],
  ['put a.png --formats jpg,docx', 2, /^imagetx: format: expected one of jpeg, .*, got "docx"$/],
  [
    'put a.png --formats jpg --name ../x',
    2,
    /^imagetx: name: expected a name .*, got "\.\.\/x\.jpg": \. or \.\./,
  ],
  ['put a.png --formats jpg --params widht=3', 2, /^imagetx: params: widht: no such parameter here$/],
  ['put a.png --formats jpg --params-jpg width=x', 2, /^imagetx: params: width: expected a whole number/],
  ['put a.png --formats jpg --sizes 0', 2, /^imagetx: sizes: expected widths from 1 to \d+, got "0"$/],
  ['status', 2, /^imagetx: URL: expected one such as gs:\/\/BUCKET\/OBJECT, got none$/],
  ['status gs://imagetx-dst/x', 2, /expected an object of the source bucket imagetx-src$/],
  ['status gs://imagetx-src/', 2, /expected an object of the source bucket imagetx-src$/],
  ['retry gs://imagetx-src/_failed/x.json', 2, /expected a record in the records bucket imagetx-records$/],
  ['backfill', 2, /expected one URL such as gs:\/\/BUCKET\/PREFIX$/],
  ['backfill gs://imagetx-src/ --rate 0', 2, /^imagetx: --rate: expected a number from 0\.001/],
  ['backfill gs://imagetx-src/ --formats docx', 2, /^imagetx: format: expected one of jpeg, .*, got "docx"$/],
  ['convert gone.png -o a.jpg', 1, /gone\.png: no such file or folder$/],
  ['convert a.png -o a.jpg --door back', 2, /^imagetx: --door: expected one of onthefly, inline, batch/],
];

test.each(wrong)('%s ends with %d and one line', (command, code, line) =>
  inFolder(async (dir) => {
    await pretendCloud(join(dir, 'cloud'));
    for (const file of ['a.png', 'c.png']) await writeFile(join(dir, file), 'x');
    await pretendCloud(join(dir, 'b'));
    await writeFile(join(dir, 'b', 'a.png'), 'x');
    const args = command.split(' ').map((word) => (/^(\.|.*\.png)$/.test(word) ? join(dir, word) : word));
    const local = args[0] === 'convert' ? [] : ['--local', join(dir, 'cloud')];
    const ended = await ran([...args, ...local]);
    expect(ended).toMatchObject({ code, out: '' });
    const [only, ...more] = ended.err.trimEnd().split('\n');
    expect(more).toEqual([]);
    expect(only).toMatch(line);
  }),
);

test.each(['put', 'status', 'retry', 'backfill', 'convert', 'sign'])(
  '%s --help lists flags on standard output',
  async (name) => {
    for (const flag of ['--help', '-h']) {
      const { code, out, err } = await ran([name, flag]);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(new RegExp(`^Usage: imagetx ${name}\n\n {2}-`));
      expect(out).toContain(name === 'sign' ? '--key' : '--json');
    }
  },
);

test('storage that cannot be reached is one line and exit code 1', () =>
  inFolder(async (dir) => {
    await pretendCloud(dir);
    const ended = await ran(['status', 'gs://imagetx-src/a.png', '--local', dir]);
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toMatch(
      /^imagetx: gs:\/\/imagetx-src\/a\.png: storage is not available; .*ECONNREFUSED.*\n$/,
    );
  }));
test('every command has a line of help', () => {
  for (const { usage, summary } of Object.values(commands)) {
    expect(usage).not.toBe('');
    expect(summary).toMatch(/\.$/);
  }
});

test('outputs of a file that cannot be uploaded are reported as failed', () =>
  inFolder(async (dir) => {
    await pretendCloud(dir);
    await writeFile(join(dir, 'a.png'), 'x');
    const put = ['put', join(dir, 'a.png'), '--formats', 'jpg', '--local', dir, '--json'];
    const { code, out } = await ran(put);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      name: 'a.jpg',
      state: 'failed',
      url: null,
      bytes: null,
      error: expect.stringMatching(
        /^not uploaded: gs:\/\/imagetx-src\/a\.png: storage is not available; .*ECONNREFUSED/,
      ),
    });
  }));
