import { afterAll, expect, test } from '@jest/globals';
import { isolated } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

const side = 8;
const flags = { alpha: 1, rgb: 0x40 } as const;

/** An uncompressed surface (DirectDraw): bits of a pixel, its masks, and the pixels. */
function dds(bits: number, masks: readonly number[], kind: number, pixels: Buffer): Buffer {
  const head = Buffer.alloc(128);
  head.write('DDS ', 0, 'latin1');
  for (const [index, value] of [124, 0x100f, side, side, (side * bits) / 8].entries())
    head.writeUInt32LE(value, 4 + index * 4);
  for (const [index, value] of [32, kind, 0, bits, ...masks].entries())
    head.writeUInt32LE(value, 76 + index * 4);
  head.writeUInt32LE(0x1000, 108);
  return Buffer.concat([head, pixels]);
}
const all = (...pixel: readonly number[]): Buffer =>
  Buffer.from(Array.from({ length: side * side }, () => pixel).flat());

const eight = [0xff0000, 0xff00, 0xff];
test.each([
  ['24 bits', dds(24, [...eight, 0], flags.rgb, all(30, 120, 220)), 255],
  ['32 bits without opacity', dds(32, [...eight, 0], flags.rgb, all(30, 120, 220, 0)), 255],
  [
    '32 bits with opacity',
    dds(32, [...eight, 0xff000000], flags.rgb | flags.alpha, all(30, 120, 220, 90)),
    90,
  ],
  ['16 bits', dds(16, [0xf800, 0x7e0, 0x1f, 0], flags.rgb, all(0xc4, 0xdb)), 255],
] as const)('a DDS of %s has the opacity that it says', async (_, file, alpha) => {
  const wanted = drawn(side, side, () => [220, 120, 30, alpha]);
  expect(largestDifference(await pixelsOf(file), wanted)).toBeLessThanOrEqual(4);
});
