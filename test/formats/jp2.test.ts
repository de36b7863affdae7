import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { inspect } from '../../engine/header/inspect.ts';
import { defaultLimits } from '../../engine/limits.ts';
import { isolated } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

const file = (name: string): Buffer => readFileSync(new URL(`fixtures/jp2/${name}`, import.meta.url));
const picture = drawn(24, 16, (x, y) => [x * 10, y * 15, x < 12 ? 40 : 200, 255]);
const options = { limits: defaultLimits, codecs: isolated };

test.each(['offset.jp2', 'tiles.j2k', 'even.jp2', 'even_offset.j2k'])(
  'the JPEG 2000 %s is read whole and in its own size',
  async (name) => {
    expect(await inspect(file(name), { damaged: 'read', pages: 1 }, options)).toMatchObject({
      width: 24,
      height: 16,
    });
    expect(largestDifference(await pixelsOf(file(name)), picture)).toBe(0);
  },
);

test('one whose tiles cut between samples is refused, not shown wrong', async () => {
  const cut = file('even.jp2');
  cut.writeUInt32BE(13, cut.indexOf('\xff\x4f\xff\x51', 'latin1') + 2 + 22);
  await expect(pixelsOf(cut)).rejects.toMatchObject({ code: 'unsupported_input' });
});
