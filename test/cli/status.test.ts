import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createObjectStore } from '../../cloud/storage.ts';
import { startStorage } from '../../local/storage/server.ts';
import { inFolder } from '../support/folder.ts';
import { pretendCloud, ran } from './support/world.ts';

const source = 'imagetx-src';
const urls = ['asked', 'gone', 'silent'].map((name) => `gs://${source}/${name}.png`);

/** Runs with a storage that holds an upload that asks for outputs, and one that asks for none. */
const withUploads = (work: (dir: string) => Promise<void>): Promise<void> =>
  inFolder(async (dir) => {
    const buckets = [source, 'imagetx-dst', 'imagetx-records'];
    const server = await startStorage({ dir: join(dir, 'storage'), port: 0, buckets });
    const store = createObjectStore({ projectId: 'local-dev', endpoint: server.url });
    const upload = { bucket: source, data: Buffer.from('x'), contentType: 'image/png', ifGeneration: '0' };
    await store.write({ ...upload, name: 'asked.png', metadata: { formats: 'jpg,webp' } });
    await store.write({ ...upload, name: 'silent.png', metadata: {} });
    await pretendCloud(dir, { STORAGE_EMULATOR_HOST: server.url });
    await work(dir).finally(() => server.close());
  });

test('each object has its own answer, whatever the others are', () =>
  withUploads(async (dir) => {
    const { code, out, err } = await ran(['status', ...urls, '--local', dir]);
    expect([code, err]).toEqual([1, '']);
    expect(out.trimEnd().split('\n').sort()).toEqual([
      'failed\tgs://imagetx-src/gone.png\tthere is no such object',
      'failed\tgs://imagetx-src/silent.png\tnothing is made of it: no formats asked for',
      'waiting\tasked.jpg',
      'waiting\tasked.webp',
    ]);
  }));

test('an object that is not there is a failure in JSON too', () =>
  withUploads(async (dir) => {
    const { code, out } = await ran(['status', `${urls[1]}`, `${urls[1]}`, '--local', dir, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      name: 'gs://imagetx-src/gone.png',
      state: 'failed',
      url: null,
      bytes: null,
      error: 'there is no such object',
    });
  }));
