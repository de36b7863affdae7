import { afterAll, expect, test } from '@jest/globals';
import { isolated } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';
import { type TgaKind, tga } from './support/tga_by_hand.ts';

afterAll(async () => await isolated.close());

const [width, height] = [7, 5];
/** Two equal columns at the right, so that runs are packed too. */
const column = (x: number): number => Math.min(x, 5);

const colours = (alpha: (x: number) => number) =>
  drawn(width, height, (x, y) => [column(x) * 33, y * 33, x < 3 ? 66 : 198, alpha(x)]);
const greys = (alpha: (x: number) => number) =>
  drawn(width, height, (x, y) => {
    const grey = column(x) * 20 + y * 5;
    return [grey, grey, grey, alpha(x)];
  });
const opaque = () => 255;
const half = (x: number) => (x < 3 ? 80 : 255);
const clear = (x: number) => (x < 3 ? 0 : 255);

type Stored = Pick<TgaKind, 'kind' | 'bits' | 'alphaBits'>;
const kinds = [
  ['colours of 24 bits', { kind: 2, bits: 24, alphaBits: 0 }, colours(opaque), 0],
  ['colours of 32 bits', { kind: 2, bits: 32, alphaBits: 8 }, colours(half), 0],
  ['colours of 15 bits and one of opacity', { kind: 2, bits: 16, alphaBits: 1 }, colours(clear), 5],
  ['grey', { kind: 3, bits: 8, alphaBits: 0 }, greys(opaque), 0],
  ['grey with opacity', { kind: 3, bits: 16, alphaBits: 8 }, greys(half), 0],
  ['a palette', { kind: 1, bits: 8, alphaBits: 0 }, colours(opaque), 0],
] as const satisfies readonly (readonly [string, Stored, unknown, number])[];

const orders = [true, false].flatMap((isTopDown) =>
  [true, false].flatMap((isRightToLeft) =>
    [true, false].map((isPacked) => ({ isTopDown, isRightToLeft, isPacked })),
  ),
);

test.each(kinds)('a TGA of %s is right in every order, raw and packed', async (_, stored, picture, most) => {
  for (const order of orders) {
    const seen = await pixelsOf(tga(picture, { ...stored, ...order }));
    expect({ order, off: largestDifference(seen, picture) <= most }).toEqual({ order, off: true });
  }
});

test('32-bit pixels are opaque if the opacity of all is 0', async () => {
  const order = { isTopDown: true, isRightToLeft: false, isPacked: false };
  const seen = await pixelsOf(
    tga(
      colours(() => 0),
      { kind: 2, bits: 32, alphaBits: 0, ...order },
    ),
  );
  expect(largestDifference(seen, colours(opaque))).toBe(0);
});

test.each([
  ['raw', false],
  ['packed', true],
] as const)('a %s TGA that ends early is refused', async (_, isPacked) => {
  const order = { isTopDown: true, isRightToLeft: false, isPacked };
  const whole = tga(colours(opaque), { kind: 2, bits: 24, alphaBits: 0, ...order });
  await expect(pixelsOf(whole.subarray(0, whole.length - 4))).rejects.toMatchObject({
    code: 'corrupt_image',
  });
});

test('a packed TGA over the limit of pixels is refused before it is unpacked', async () => {
  const bomb = Buffer.alloc(64);
  bomb.writeUInt8(10, 2);
  bomb.writeUInt32LE(0xffffffff, 12);
  bomb.writeUInt8(24, 16);
  await expect(pixelsOf(bomb)).rejects.toMatchObject({ code: 'too_many_pixels' });
});
