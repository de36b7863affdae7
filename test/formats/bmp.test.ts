import { afterAll, expect, test } from '@jest/globals';
import { type BmpParts, bmp, packedRows } from './support/bmp_by_hand.ts';
import { isolated } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

const [width, height] = [7, 5];
const palette = [
  [250, 10, 20],
  [10, 240, 30],
  [20, 30, 230],
  [200, 210, 40],
] as const;
const indexOf = (colours: number) => (x: number, y: number) => (x + 2 * y) % colours;

const countRows = <Value>(value: (x: number, y: number) => Value): Value[][] =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (__, x) => value(x, y)));
const fromBelow = <Value>(rows: readonly Value[]): Value[] => [...rows].reverse();

const paletted = (colours: number) =>
  drawn(width, height, (x, y) => [...(palette[indexOf(colours)(x, y)] ?? palette[0]), 255]);
const inColours = drawn(width, height, (x, y) => [x * 33, y * 33, x < 3 ? 66 : 198, 255]);

async function expectSame(file: Buffer, wanted: ReturnType<typeof drawn>, most = 0): Promise<void> {
  expect(largestDifference(await pixelsOf(file), wanted)).toBeLessThanOrEqual(most);
}

const indexed = (bits: number, colours: number, more: Partial<BmpParts> = {}): BmpParts => ({
  headerBytes: 40,
  width,
  height,
  bits,
  palette: palette.slice(0, colours),
  body: packedRows(fromBelow(countRows(indexOf(colours))), bits),
  ...more,
});

const depths = [
  [1, 2],
  [2, 4],
  [4, 4],
  [8, 4],
] as const;

test.each([12, 16, 24, 40, 52, 56, 64, 108, 124])(
  'a palette behind a header of %i bytes is read at 1, 2, 4 and 8 bits',
  async (headerBytes) => {
    // The shorter ones have no number of colours, so that the palette is whole.
    const isWhole = headerBytes < 36;
    for (const [bits, colours] of depths) {
      const parts = indexed(bits, colours, { headerBytes });
      const black = Array.from({ length: 2 ** bits - colours }, () => [0, 0, 0] as const);
      const whole = isWhole ? { palette: [...(parts.palette ?? []), ...black] } : {};
      await expectSame(bmp({ ...parts, ...whole }), paletted(colours));
    }
  },
);

test('bitmaps are read with rows from the top, and without a file header', async () => {
  const body = packedRows(countRows(indexOf(4)), 4);
  await expectSame(bmp(indexed(4, 4, { height: -height, body })), paletted(4));
  await expectSame(bmp(indexed(8, 4), true), paletted(4));
});

const red = [0xf800, 0x7e0, 0x1f] as const;
const fiveSixFive = (x: number, y: number): number => {
  const [r, g, b] = [x * 33, y * 33, x < 3 ? 66 : 198];
  return (Math.round((r * 31) / 255) << 11) | (Math.round((g * 63) / 255) << 5) | Math.round((b * 31) / 255);
};
const plain24 = (x: number, y: number): number =>
  (((x * 33) << 16) | ((y * 33) << 8) | (x < 3 ? 66 : 198)) >>> 0;

test.each([40, 52, 56, 108, 124])(
  'full colours behind a header of %i bytes are read',
  async (headerBytes) => {
    const parts = { headerBytes, width, height };
    const rows = (value: (x: number, y: number) => number, bits: number) =>
      packedRows(fromBelow(countRows(value)), bits);
    await expectSame(bmp({ ...parts, bits: 24, body: rows(plain24, 24) }), inColours);
    await expectSame(bmp({ ...parts, bits: 32, body: rows(plain24, 32) }), inColours);
    const masked = { ...parts, bits: 16, compression: 3, masks: red };
    await expectSame(bmp({ ...masked, body: rows(fiveSixFive, 16) }), inColours, 5);
  },
);

test.each([64, 24])('24 bits behind a header of OS/2 of %i bytes are read', async (headerBytes) => {
  await expectSame(
    bmp({ headerBytes, width, height, bits: 24, body: packedRows(fromBelow(countRows(plain24)), 24) }),
    inColours,
  );
});

test('opacity is read where there is a mask for it', async () => {
  const clear = drawn(width, height, (x, y) => [x * 33, y * 33, x < 3 ? 66 : 198, x < 3 ? 80 : 255]);
  const value = (x: number, y: number) => (plain24(x, y) | ((x < 3 ? 80 : 255) << 24)) >>> 0;
  const body = packedRows(fromBelow(countRows(value)), 32);
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  const parts = { width, height, bits: 32, masks, body };
  await expectSame(bmp({ ...parts, headerBytes: 56, compression: 3 }), clear);
  await expectSame(bmp({ ...parts, headerBytes: 40, compression: 6 }), clear);
});

/** Each row as a run, literal pixels and the end of the row. */
const runs8 = (row: readonly number[]): number[] => [
  ...row.slice(0, 2).flatMap((index) => [1, index]),
  ...[0, 5, ...row.slice(2), 0],
  ...[0, 0],
];
const runs4 = (row: readonly number[]): number[] => {
  const [a = 0, b = 0, ...rest] = row;
  const pairs = [0, 2, 4].map((at) => ((rest[at] ?? 0) << 4) | (rest[at + 1] ?? 0));
  return [2, (a << 4) | b, 0, 5, ...pairs, 0, 0, 0];
};
const runs24 = (row: readonly number[]): number[] => [
  ...row.flatMap((colour) => [1, colour & 255, (colour >> 8) & 255, colour >> 16]),
  ...[0, 0],
];
const rleKinds = [
  ['8 bits', indexed(8, 4, { compression: 1 }), countRows(indexOf(4)).map(runs8), paletted(4)],
  ['4 bits', indexed(4, 4, { compression: 2 }), countRows(indexOf(4)).map(runs4), paletted(4)],
  [
    '24 bits of OS/2',
    { headerBytes: 64, width, height, bits: 24, compression: 4, body: Buffer.alloc(0) },
    countRows(plain24).map(runs24),
    inColours,
  ],
] as const satisfies readonly (readonly [string, BmpParts, number[][], unknown])[];

test.each(rleKinds)(
  'run lengths of %s are read, from below and from the top',
  async (_, parts, rows, wanted) => {
    const end = [0, 1];
    await expectSame(bmp({ ...parts, body: Buffer.from([...fromBelow(rows).flat(), ...end]) }), wanted);
    const topDown = { ...parts, height: -height, body: Buffer.from([...rows.flat(), ...end]) };
    await expectSame(bmp(topDown), wanted);
  },
);

test('run lengths that end early leave the rest in the first colour', async () => {
  const rows = countRows(indexOf(4)).map(runs8);
  const body = Buffer.from(fromBelow(rows).slice(0, 2).flat());
  const cut = drawn(width, height, (x, y) => [...(palette[y < 3 ? 0 : indexOf(4)(x, y)] ?? palette[0]), 255]);
  await expectSame(bmp(indexed(8, 4, { compression: 1, body })), cut);
});

test.each([
  ['the length of the file', { fileBytes: 7 }],
  ['the planes', { planes: 3 }],
  ['the number of colours', { colours: 4_000_000 }],
] as const)('a header that is wrong in %s is forgiven, as browsers do', async (name, wrong) => {
  const black = Array.from({ length: 252 }, () => [0, 0, 0] as const);
  const whole = name === 'the number of colours' ? { palette: [...palette, ...black] } : {};
  await expectSame(bmp(indexed(8, 4, { ...wrong, ...whole })), paletted(4));
  const body = packedRows(fromBelow(countRows(plain24)), 24);
  await expectSame(bmp({ headerBytes: 40, width, height, bits: 24, body, ...wrong }), inColours);
});

test('an index that the palette does not have is black', async () => {
  const body = packedRows(fromBelow(countRows(() => 200)), 8);
  await expectSame(
    bmp(indexed(8, 4, { body })),
    drawn(width, height, () => [0, 0, 0, 255]),
  );
});

test('the first of an array of bitmaps is read', async () => {
  const file = bmp(indexed(8, 4));
  file.writeUInt32LE(file.readUInt32LE(10) + 14, 10);
  await expectSame(Buffer.concat([Buffer.from('BA\0\0\0\0\0\0\0\0\0\0\0\0'), file]), paletted(4));
});

test('a bitmap that ends early is refused, and one over the limit of pixels before it is unpacked', async () => {
  const file = bmp(indexed(8, 4));
  await expect(pixelsOf(file.subarray(0, -9))).rejects.toMatchObject({ code: 'corrupt_image' });
  const bomb = bmp(indexed(8, 4, { width: 60_000, height: 60_000, compression: 1 }));
  await expect(pixelsOf(bomb)).rejects.toMatchObject({ code: 'too_many_pixels' });
});
