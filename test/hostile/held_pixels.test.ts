import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { picture } from '../onthefly/setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'held-'));
afterAll(() => rmSync(folder, { recursive: true }));
const script = fileURLToPath(new URL('held_pixels.ts', import.meta.url));
const step = (operation: string, params: object = {}) => ({ operation, params });
const fit = step('fit', { width: 1024, height: 1024, norotation: true, stripmeta: true });
const crop = (params: object = {}) => step('crop', { width: 1200, height: 1200, ...params });

/** A picture, the request, the expected end, and the most megabytes that it may add. */
test.each([
  ['a photograph of 80 megapixels', 10_000, 8000, [step('autorotate'), fit], '1024x819', 150],
  ['a tall screenshot', 1080, 15_000, [crop()], '1200x1200', 150],
  ['a tall screenshot, turned', 1080, 15_000, [crop({ rotate: 90 })], '1200x1200', 150],
  ['a line', 1, 15_000, [crop()], '1200x1200', 150],
  ['a line, turned', 1, 15_000, [crop({ rotate: 90 })], '1200x1200', 150],
  [
    'a line, cropped by interest',
    1,
    15_000,
    [step('smartcrop', { width: 900, height: 900 })],
    '900x900',
    150,
  ],
  [
    'an area of a zoom',
    4000,
    4000,
    [step('zoom', { factor: 9999, left: 9, top: 9, areawidth: 99 })],
    '99x4000',
    150,
  ],
  ['a zoom', 4000, 4000, [step('zoom', { factor: 9 })], 'output_too_large', 50],
  ['a zoom on the way', 4000, 4000, [step('zoom', { factor: 9 }), fit], 'output_too_large', 50],
  [
    'blur of 80 megapixels on the way',
    10_000,
    8000,
    [step('blur', { sigma: 9 }), fit],
    'output_too_large',
    50,
  ],
  [
    'a smart crop of 80 megapixels',
    10_000,
    8000,
    [step('smartcrop', { width: 9000, height: 99 })],
    'output_too_large',
    50,
  ],
])(
  '%s of %i x %i: %j ends with %s and adds at most %i MB',
  async (_what, width, height, steps, outcome, most) => {
    // Made in this process, so that its memory does not count in the other one.
    const file = join(folder, `${width}x${height}.jpg`);
    if (!existsSync(file)) await writeFile(file, await picture(width, height, 'jpeg'));
    const args = [script, file, JSON.stringify(steps)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 150_000 });
    const { megabytes, ...ended } = JSON.parse(stdout);
    expect(ended).toEqual({ outcome });
    expect(megabytes).toBeLessThan(most);
  },
);
