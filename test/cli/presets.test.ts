import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { inFolder } from '../support/folder.ts';
import { ran } from './support/world.ts';

test('presets check prints each preset in a line', async () => {
  const { code, out } = await ran(['presets', 'check', 'docs/presets.yaml']);
  expect(code).toBe(0);
  expect(out.split('\n').slice(0, 2)).toEqual([
    'thumb: crop width=240 height=240 type=auto',
    'hero: autorotate, then crop width=1600 height=600 gravity=smart, then convert type=avif quality=60',
  ]);
});

test('presets check tells all faults, and its exit code is 2', () =>
  inFolder(async (dir) => {
    const file = join(dir, 'faulty.json');
    await writeFile(file, '{"a": {"operation": "shrink"}, "b": {"params": {"width": "wide"}}}');
    const { code, err } = await ran(['presets', 'check', file]);
    expect([code, err]).toEqual([2, expect.stringMatching(/a\.operation: .*\n {2}b\.params\.width: /)]);
  }));

test.each([[[]], [['check']], [['list', 'x']]])('presets %j is refused with a reason', async (args) => {
  const { code, err } = await ran(['presets', ...args]);
  expect([code, err]).toEqual([2, expect.stringContaining('such as check presets.yaml')]);
});
