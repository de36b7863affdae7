import { afterAll, expect, test } from '@jest/globals';
import { packedRows } from './support/bmp_by_hand.ts';
import { isolated, run } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

type Mask = 'aligned' | 'in whole bytes' | 'missing';
type Colour = readonly [red: number, green: number, blue: number];

/** Two colours that five bits hold, in stripes; the mask takes out the first columns. */
const colours: readonly [Colour, Colour] = [
  [255, 0, 132],
  [0, 255, 0],
];
const stripe = (x: number, y: number): 0 | 1 => ((x + 2 * y) % 3 === 0 ? 1 : 0);
const isOut = (x: number): boolean => x < 5;

/** A pixel as a number of so many bits; 32 bits without opacity. */
const pixel = (bits: number, index: 0 | 1): number => {
  const [red, green, blue] = colours[index];
  if (bits <= 8) return index;
  const five = (value: number, shift: number): number => (value >> 3) << shift;
  return bits === 16 ? five(red, 10) | five(green, 5) | five(blue, 0) : (red << 16) | (green << 8) | blue;
};

const grid = <Value>(side: number, value: (x: number, y: number) => Value): readonly (readonly Value[])[] =>
  Array.from({ length: side }, (_, row) => Array.from({ length: side }, (_, x) => value(x, side - 1 - row)));

function maskOf(side: number, mask: Mask): Buffer {
  const rows = grid(side, (x) => Number(isOut(x)));
  if (mask === 'missing') return Buffer.alloc(0);
  if (mask === 'aligned') return packedRows(rows, 1);
  return Buffer.concat(rows.map((row) => packedRows([row], 1).subarray(0, Math.ceil(side / 8))));
}

/** A bitmap of an icon; `rows`: its height as the header says it, which counts the mask. */
function bitmap(side: number, bits: number, mask: Mask, rows = side * 2): Buffer {
  const head = Buffer.alloc(40);
  head.writeUInt32LE(40, 0);
  head.writeInt32LE(side, 4);
  head.writeInt32LE(rows, 8);
  head.writeUInt16LE(1, 12);
  head.writeUInt16LE(bits, 14);
  const palette = Buffer.alloc(bits <= 8 ? 4 * 2 ** bits : 0);
  if (bits <= 8) palette.set([...colours[0].toReversed(), 0, ...colours[1].toReversed(), 0]);
  const pixels = packedRows(
    grid(side, (x, y) => pixel(bits, stripe(x, y))),
    bits,
  );
  return Buffer.concat([head, palette, pixels, maskOf(side, mask)]);
}

function icon(bitmaps: readonly Buffer[], kind: 1 | 2 = 1): Buffer {
  const directory = Buffer.alloc(6 + 16 * bitmaps.length);
  directory.writeUInt16LE(kind, 2);
  directory.writeUInt16LE(bitmaps.length, 4);
  let offset = directory.length;
  for (const [index, bytes] of bitmaps.entries()) {
    const at = 6 + 16 * index;
    directory.set([bytes[4] ?? 0, bytes[4] ?? 0], at);
    directory.writeUInt32LE(bytes.length, at + 8);
    directory.writeUInt32LE(offset, at + 12);
    offset += bytes.length;
  }
  return Buffer.concat([directory, ...bitmaps]);
}

const shown = (side: number, mask: Mask) =>
  drawn(side, side, (x, y) => [...colours[stripe(x, y)], mask !== 'missing' && isOut(x) ? 0 : 255]);

/** The difference where there is opacity; what is clear has no colour. */
async function difference(file: Buffer, side: number, mask: Mask): Promise<number> {
  const found = await pixelsOf(file);
  const wanted = shown(side, mask);
  for (const pixels of [found.data, wanted.data])
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3] === 0) pixels.fill(0, at, at + 3);
  return largestDifference(found, wanted);
}

const masks: readonly Mask[] = ['aligned', 'in whole bytes', 'missing'];
const kinds = [1, 4, 8, 16, 24, 32].flatMap((bits) => masks.map((mask) => [bits, mask] as const));

test.each(kinds)('an icon and a cursor of %i bits with a mask that is %s are read', async (bits, mask) => {
  for (const side of [17, 48]) {
    expect(await difference(icon([bitmap(side, bits, mask)]), side, mask)).toBe(0);
    expect(await difference(icon([bitmap(side, bits, mask)], 2), side, mask)).toBe(0);
  }
});

test('of several bitmaps the largest is shown, and any by its page', async () => {
  const file = icon([bitmap(16, 16, 'in whole bytes'), bitmap(24, 24, 'missing'), bitmap(20, 8, 'aligned')]);
  expect(await difference(file, 24, 'missing')).toBe(0);
  const { info } = await run(file, { type: 'png', page: 2 });
  expect(info).toMatchObject({ width: 20, height: 20, input: { pages: 3 } });
});

test('a height that counts no mask is the height of the picture', async () => {
  expect(await difference(icon([bitmap(24, 24, 'missing', 24)]), 24, 'missing')).toBe(0);
});

test('an icon that says it is huge, or has no pixels, is refused', async () => {
  const huge = bitmap(17, 1, 'missing');
  huge.writeInt32LE(60_000, 4);
  huge.writeInt32LE(120_000, 8);
  const short = bitmap(17, 24, 'missing').subarray(0, 60);
  for (const [bytes, code] of [
    [huge, 'too_many_pixels'],
    [short, 'corrupt_image'],
  ] as const)
    await expect(run(icon([bytes]), { type: 'png' })).rejects.toMatchObject({ code });
});
