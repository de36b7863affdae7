import { expect, test } from '@jest/globals';
import { withUploads } from './support/uploads.ts';
import { ran } from './support/world.ts';

test('retry without failures says so', () =>
  withUploads(async (dir) => {
    const err = 'nothing to retry: found no failure records\n';
    expect(await ran(['retry', '--local', dir])).toEqual({ code: 0, out: '', err });
    expect(await ran(['retry', '--dry-run', '--local', dir])).toEqual({ code: 0, out: '', err });
  }));
