import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { targetFor } from '../../cli/target/target.ts';
import { inFolder } from '../support/folder.ts';
import { pretendCloud } from './support/world.ts';

type Row = readonly [
  what: string,
  asked: {
    readonly flags?: Record<string, string>;
    readonly words?: string[];
    readonly env?: Record<string, string>;
  },
  source: string,
  url: string,
];

const local = 'https://localhost:8443/a%20b.jpg';
const rows: readonly Row[] = [
  ['nothing', {}, 'imagetx-src', local],
  ['a local bucket', { words: ['gs://imagetx-records/_failed/'] }, 'imagetx-src', local],
  [
    'a project in the environment only',
    { env: { PROJECT_ID: 'p', CDN_URL: 'https://c' } },
    'imagetx-src',
    local,
  ],
  [
    'a project',
    { flags: { PROJECT_ID: 'p' } },
    'p-imagetx-src',
    'https://storage.googleapis.com/p-imagetx-dst/a%20b.jpg',
  ],
  [
    'a project and the environment of the services',
    { flags: { PROJECT_ID: 'p' }, env: { SRC_BUCKET_NAME: 'up', CDN_URL: 'https://cdn.example/' } },
    'up',
    'https://cdn.example/a%20b.jpg',
  ],
  [
    'a bucket that is not local',
    { words: ['gs://mine-src/photos/'] },
    'mine-src',
    'https://storage.googleapis.com/mine-dst/a%20b.jpg',
  ],
  [
    'a bucket with a name of its own',
    { words: ['gs://photos/cats/'], flags: { DEST_BUCKET_NAME: 'down', RECORDS_BUCKET: 'notes' } },
    'photos',
    'https://storage.googleapis.com/down/a%20b.jpg',
  ],
  [
    'a source bucket that is not local',
    { flags: { PROJECT_ID: 'p', SRC_BUCKET_NAME: 'up', DEST_BUCKET_NAME: 'down' } },
    'up',
    'https://storage.googleapis.com/down/a%20b.jpg',
  ],
];

test.each(rows)('with a local cloud running, %s means', (_what, asked, source, url) =>
  inFolder(async (dir) => {
    await pretendCloud(dir);
    const { flags = {}, words = [], env = {} } = asked;
    const target = await targetFor({ flags: { ...flags, local: dir }, words, env });
    expect([target.source, target.urlOf('a b.jpg')]).toEqual([source, url]);
  }),
);

test.each([
  ['nothing', [], {}],
  ['a local bucket', ['gs://imagetx-src/a.png'], {}],
  ['a project in the environment', [], { PROJECT_ID: 'p', GOOGLE_CLOUD_PROJECT: 'p' }],
])('with no local cloud running, %s is refused instead of reaching for Google', (_what, words, env) =>
  inFolder(async (dir) => {
    const refusal = { code: 'not_found', message: expect.stringContaining('npm start') };
    await expect(targetFor({ flags: { local: dir }, words, env })).rejects.toMatchObject(refusal);
  }),
);

test('what a killed local cloud left behind counts for nothing', () =>
  inFolder(async (dir) => {
    await writeFile(join(dir, 'running.json'), JSON.stringify({ pid: 2 ** 30, settings: {} }));
    await expect(targetFor({ flags: { local: dir }, words: [], env: {} })).rejects.toThrow('npm start');
    await writeFile(join(dir, 'running.json'), '{"pid":');
    await expect(targetFor({ flags: { local: dir }, words: [], env: {} })).rejects.toThrow('npm start');
  }));

test('ordering at Google needs to know the converter, and says so', async () => {
  const target = await targetFor({ flags: { PROJECT_ID: 'p' }, words: [], env: {} });
  expect(() => target.openQueue()).toThrow(/^--run-url: expected /);
});
