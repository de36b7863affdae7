import { expect, test } from '@jest/globals';
import { createObjectStore } from '../../cloud/storage.ts';
import type { LocalStorage } from '../../local/storage/server.ts';
import { withUploads } from './support/uploads.ts';
import { ran } from './support/world.ts';

test('retry without failures says so', () =>
  withUploads(async (dir) => {
    const err = 'nothing to retry: found no failure records\n';
    expect(await ran(['retry', '--local', dir])).toEqual({ code: 0, out: '', err });
    expect(await ran(['retry', '--dry-run', '--local', dir])).toEqual({ code: 0, out: '', err });
  }));

/** A failure record as the converter writes it. */
const putRecord = ({ url }: LocalStorage, file: string, output: string) =>
  createObjectStore({ projectId: 'local-dev', endpoint: url }).write({
    bucket: 'imagetx-records',
    name: `_failed/${file}.json`,
    data: Buffer.from(JSON.stringify({ output, reason: 'broken' })),
    contentType: 'application/json',
  });

test('a record that is removed while the others are read stops none of them', () =>
  withUploads(async (dir, server) => {
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) await putRecord(server, name, name);
    server.faults.add({ path: '_failed%2Fb.*alt=media', status: 404 });
    const { code, out } = await ran(['retry', '--dry-run', '--local', dir]);
    expect([code, out]).toEqual([0, 'a.jpg\tbroken\nc.jpg\tbroken\n']);
  }));

test('names of strangers make no lines of their own and do not control the terminal', () =>
  withUploads(async (dir, server) => {
    await putRecord(server, 'hash', 'a\ndone\tb\x1b]0;title\x07.jpg');
    expect((await ran(['retry', '--dry-run', '--local', dir])).out).toBe('a?done?b.jpg\tbroken\n');
    expect((await ran(['retry', '--local', dir])).err).toBe('a?done?b.jpg: broken\n');
  }));

test.each([
  ['gs://imagetx-records/_failed/gone.jpg.json', 'there is no such failure record'],
  ['gone.jpg', 'gs://imagetx-records/_failed/gone.jpg.json: there is no such failure record'],
  ['gs://imagetx-records/_manifest/logo.png.json', 'expected a record below gs://imagetx-records/_failed/'],
])('%s cannot be retried', (text, message) =>
  withUploads(async (dir) => {
    const { code, err } = await ran(['retry', text, '--local', dir]);
    expect([code === 0, err]).toEqual([false, expect.stringContaining(message)]);
  }),
);
