import { expect, test } from '@jest/globals';
import { withUploads } from './support/uploads.ts';
import { ran } from './support/world.ts';

const urls = ['asked', 'gone', 'silent'].map((name) => `gs://imagetx-src/${name}.png`);

test('each object has a result of its own, whatever the others have', () =>
  withUploads(async (dir) => {
    const { code, out, err } = await ran(['status', ...urls, '--local', dir]);
    expect([code, err]).toEqual([1, '']);
    expect(out.trimEnd().split('\n').sort()).toEqual([
      'failed\tgs://imagetx-src/gone.png\tthere is no such object',
      'failed\tgs://imagetx-src/silent.png\tFan ignores it: no formats asked for',
      'waiting\tasked.jpg',
      'waiting\tasked.webp',
    ]);
  }));

test('a missing object is a failure in JSON too', () =>
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
