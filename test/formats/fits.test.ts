import { afterAll, expect, test } from '@jest/globals';
import { isolated, run } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

const [width, height] = [12, 10];
/** Rows of FITS begin at the bottom. */
const level = (x: number, row: number): number => x + width * (height - 1 - row);
const most = width * height - 1;

/** A file by the FITS standard; `store` writes the number of a pixel, 0 to `most`. */
function fits(bits: number, store: (into: Buffer, at: number, value: number) => void, more = ''): Buffer {
  const bytes = Math.abs(bits) / 8;
  const body = Buffer.alloc(2880);
  for (let row = 0; row < height; row += 1)
    for (let x = 0; x < width; x += 1) store(body, (row * width + x) * bytes, level(x, row));
  const cards = [
    'SIMPLE  = T',
    `BITPIX  = ${bits}`,
    'NAXIS   = 2',
    `NAXIS1  = ${width}`,
    `NAXIS2  = ${height}`,
  ];
  const lines = [...cards, ...(more ? [more] : []), 'END'].map((card) =>
    card.replace('= ', `= ${' '.repeat(10)}`),
  );
  return Buffer.concat([
    Buffer.from(
      lines
        .map((line) => line.padEnd(80))
        .join('')
        .padEnd(2880),
    ),
    body,
  ]);
}

const ramp = drawn(width, height, (x, y) => {
  const shade = Math.round((255 * (x + width * y)) / most);
  return [shade, shade, shade, 255];
});

test.each([
  ['signed integers of 16 bits', fits(16, (into, at, value) => into.writeInt16BE(value * 9 - 300, at))],
  ['integers of 32 bits', fits(32, (into, at, value) => into.writeInt32BE(value * 1_000, at))],
  ['integers of 64 bits', fits(64, (into, at, value) => into.writeBigInt64BE(BigInt(value) * 1_000n, at))],
  ['floats', fits(-32, (into, at, value) => into.writeFloatBE(value / 7, at))],
  [
    'floats, of which the least are none',
    fits(-32, (into, at, value) => into.writeFloatBE(value === 0 ? Number.NaN : value / 7, at)),
  ],
  ['doubles', fits(-64, (into, at, value) => into.writeDoubleBE(value - 50, at))],
])('FITS of %s goes from black to white', async (_what, file) => {
  expect(largestDifference(await pixelsOf(file), ramp)).toBeLessThanOrEqual(3);
});

/** The file with another number on one of its cards. */
const withCard = (file: Buffer, name: string, value: string): Buffer => {
  const at = file.indexOf(name.padEnd(8));
  return Buffer.concat([
    file.subarray(0, at),
    Buffer.from(`${name.padEnd(8)}= ${value}`.padEnd(80)),
    file.subarray(at + 80),
  ]);
};

test('FITS that ends before its last pixel, or says strange sizes, is refused or read', async () => {
  const file = fits(32, (into, at, value) => into.writeInt32BE(value, at));
  await expect(run(file.subarray(0, 3000), { type: 'png' })).rejects.toMatchObject({ code: 'corrupt_image' });
  for (const [name, value] of [
    ['NAXIS', '4000000000'],
    ['NAXIS', '-1'],
    ['NAXIS1', '-12'],
    ['NAXIS1', '1.5'],
    ['NAXIS1', '4000000000'],
    ['BITPIX', '1E300'],
  ] as const) {
    const [result] = await Promise.allSettled([run(withCard(file, name, value), { type: 'png' })]);
    if (result.status === 'rejected')
      expect([name, value, result.reason.status < 500]).toEqual([name, value, true]);
  }
});
