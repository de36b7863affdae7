import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { allocatorVariables } from '../../engine/settings.ts';

const root = join(import.meta.dirname, '../..');

/** Files that start a service without the launcher, which sets them from the same table. */
test.each(['Dockerfile', 'infra/systemd/imagetx.service', 'docs/migrate-imaginary.md'])(
  '%s sets the allocator as the launchers do',
  async (file) => {
    const text = await readFile(join(root, file), 'utf8');
    const set = Object.keys(allocatorVariables).map((name) => new RegExp(`${name}=(\\d+)`).exec(text)?.[1]);
    expect(set).toEqual(Object.values(allocatorVariables));
  },
);
