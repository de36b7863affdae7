import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { allocatorVariables } from '../../engine/native/environment.ts';

const read = (file: string): Promise<string> => readFile(new URL(`../../${file}`, import.meta.url), 'utf8');

test.each(['Dockerfile', 'infra/systemd/imagetx.service', 'docs/migrate-imaginary.md'])(
  '%s names the settings of the allocator',
  async (file) => {
    const text = await read(file);
    for (const [name, value] of Object.entries(allocatorVariables))
      expect(text).toContain(`${name}=${value}`);
  },
);
