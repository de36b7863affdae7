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

/** A surface of blocks: its four letters, or DX10 and a number of DXGI. */
function blocks(code: string, body: Buffer, dxgi?: number): Buffer {
  const head = dds(0, [], 4, Buffer.alloc(0));
  head.write(code, 84, 'latin1');
  if (dxgi === undefined) return Buffer.concat([head, body]);
  const more = Buffer.alloc(20);
  more.writeUInt32LE(dxgi, 0);
  return Buffer.concat([head, more, body]);
}

/** A block all of whose samples are the level of one index. */
function block(first: number, second: number, index: number): Buffer {
  const bits = BigInt(`0b${index.toString(2).padStart(3, '0').repeat(16)}`);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bits << 16n);
  bytes[0] = first & 255;
  bytes[1] = second & 255;
  return bytes;
}
const unsigned = Buffer.concat([block(200, 60, 0), block(200, 60, 1), block(200, 60, 2), block(60, 200, 7)]);
const signed = Buffer.concat([block(127, -127, 0), block(127, -127, 1), block(0, 0, 0), block(0, 0, 6)]);
const highAndLow = signed.subarray(0, 16);
const grey = (...levels: readonly number[]) => levels.map((level) => [level, level, level]);

test.each<[string, Buffer, readonly (readonly number[])[]]>([
  ['ATI1', blocks('ATI1', unsigned), grey(200, 60, 180, 255)],
  ['BC4U', blocks('BC4U', unsigned), grey(200, 60, 180, 255)],
  ['BC4S', blocks('BC4S', signed), grey(255, 0, 128, 0)],
  ['DX10 number 80', blocks('DX10', unsigned, 80), grey(200, 60, 180, 255)],
  ['DX10 number 81', blocks('DX10', signed, 81), grey(255, 0, 128, 0)],
  [
    'BC5S',
    blocks('BC5S', Buffer.concat([highAndLow, highAndLow, signed])),
    [
      [255, 0, 128],
      [255, 0, 128],
      [255, 0, 128],
      [128, 0, 128],
    ],
  ],
])('a DDS of %s has its samples', async (_, file, quarters) => {
  const wanted = drawn(
    side,
    side,
    (x, y) => [...(quarters[(y < 4 ? 0 : 2) + (x < 4 ? 0 : 1)] ?? []), 255] as never,
  );
  expect(largestDifference(await pixelsOf(file), wanted)).toBe(0);
});

test.each([27, 28, 29])('a DDS of DXGI number %i has its colours and opacity', async (number) => {
  const wanted = drawn(side, side, () => [220, 120, 30, 90]);
  const file = blocks('DX10', all(220, 120, 30, 90), number);
  expect(largestDifference(await pixelsOf(file), wanted)).toBe(0);
});

test('a DDS whose red comes first has its colours', async () => {
  const first = [0xff, 0xff00, 0xff0000];
  for (const [bits, file, opacity] of [
    [24, dds(24, [...first, 0], flags.rgb, all(220, 120, 30)), 255],
    [32, dds(32, [...first, 0xff000000], flags.rgb | flags.alpha, all(220, 120, 30, 90)), 90],
  ] as const) {
    const off = largestDifference(
      await pixelsOf(file),
      drawn(side, side, () => [220, 120, 30, opacity]),
    );
    expect({ bits, off }).toEqual({ bits, off: 0 });
  }
});

test('a DDS of grey and opacity has both', async () => {
  const file = dds(16, [0xff, 0xff, 0xff, 0xff00], 0x20001, all(200, 90));
  expect(
    largestDifference(
      await pixelsOf(file),
      drawn(side, side, () => [200, 200, 200, 90]),
    ),
  ).toBe(0);
});

test.each([['that ends early', blocks('BC4U', unsigned.subarray(0, 30))]])(
  'a DDS %s is refused',
  async (_, file) => {
    await expect(pixelsOf(file)).rejects.toMatchObject({ code: 'corrupt_image' });
  },
);

test.each([
  ['floating point', 2],
  ['halves', 10],
  ['sixteen bits', 11],
  ['BC6H', 95],
  ['video', 100],
])('a DDS of %s is refused by its kind', async (_, number) => {
  await expect(pixelsOf(blocks('DX10', Buffer.alloc(1024), number))).rejects.toMatchObject({
    code: 'unsupported_input',
    message: expect.stringContaining(`kind ${number} of DXGI`),
  });
});
