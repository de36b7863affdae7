import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findTarget } from '../../cli/target/target.ts';
import { inFolder } from '../support/folder.ts';
import { pretendCloud } from './support/world.ts';

type Row = readonly [
  what: string,
  asked: {
    readonly flags?: Record<string, string>;
    readonly urls?: string[];
    readonly env?: Record<string, string>;
  },
  source: string,
  url: string,
];

const local = 'https://localhost:8443/a%20b.jpg';
const rows: readonly Row[] = [
  ['nothing', {}, 'imagetx-src', local],
  ['a local bucket', { urls: ['gs://imagetx-records/_failed/'] }, 'imagetx-src', local],
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
    { urls: ['gs://mine-src/photos/'] },
    'mine-src',
    'https://storage.googleapis.com/mine-dst/a%20b.jpg',
  ],
  [
    'a bucket with a name of its own',
    { urls: ['gs://photos/cats/'], flags: { DEST_BUCKET_NAME: 'down', RECORDS_BUCKET: 'notes' } },
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
    const { flags = {}, urls = [], env = {} } = asked;
    const target = await findTarget({ flags: { ...flags, local: dir }, urls, env });
    expect([target.source, target.urlOf('a b.jpg')]).toEqual([source, url]);
  }),
);

test.each([
  ['nothing', [], {}],
  ['a local bucket', ['gs://imagetx-src/a.png'], {}],
  ['a project in the environment', [], { PROJECT_ID: 'p', GOOGLE_CLOUD_PROJECT: 'p' }],
])('with no local cloud running, %s is refused instead of reaching for Google', (_what, urls, env) =>
  inFolder(async (dir) => {
    const refusal = { code: 'not_found', message: expect.stringContaining('npm start') };
    await expect(findTarget({ flags: { local: dir }, urls, env })).rejects.toMatchObject(refusal);
  }),
);

test('the stale file of a killed local cloud is ignored', () =>
  inFolder(async (dir) => {
    await writeFile(join(dir, 'running.json'), JSON.stringify({ pid: 2 ** 30, settings: {} }));
    await expect(findTarget({ flags: { local: dir }, urls: [], env: {} })).rejects.toThrow('npm start');
    await writeFile(join(dir, 'running.json'), '{"pid":');
    await expect(findTarget({ flags: { local: dir }, urls: [], env: {} })).rejects.toThrow('npm start');
  }));

test('queueing on Google Cloud without the converter’s URL is refused', async () => {
  const target = await findTarget({ flags: { PROJECT_ID: 'p' }, urls: [], env: {} });
  expect(() => target.openQueue()).toThrow(/^--run-url: expected /);
});
