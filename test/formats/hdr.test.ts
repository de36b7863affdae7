import { afterAll, expect, test } from '@jest/globals';
import { isolated } from './support/conversions.ts';
import { largestDifference, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

type Pixel = readonly [red: number, green: number, blue: number, exponent: number];

const header = (width: number, height: number): Buffer =>
  Buffer.from(`#?RADIANCE\n# made by hand\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`, 'latin1');

/** A picture without any packing. */
const flat = (rows: readonly (readonly Pixel[])[]): Buffer =>
  Buffer.concat([header(rows[0]?.length ?? 0, rows.length), Buffer.from(rows.flat(2))]);

/** The number of repeats, in bytes from the lowest on, each in a pixel of 1, 1, 1. */
function runOf(times: number): readonly number[] {
  const bytes: number[] = [];
  for (let left = times; left > 0; left = Math.floor(left / 256)) bytes.push(1, 1, 1, left % 256);
  return bytes;
}

/** A picture in the older packing (Ward's first one): a pixel of 1, 1, 1 repeats the one before it. */
function packed(rows: readonly (readonly Pixel[])[]): Buffer {
  const all = rows.flat();
  const bytes: number[] = [];
  for (let at = 0; at < all.length; ) {
    const pixel = all[at] ?? [0, 0, 0, 0];
    let end = at + 1;
    while (end < all.length && String(all[end]) === String(pixel)) end += 1;
    bytes.push(...pixel, ...runOf(end - at - 1));
    at = end;
  }
  return Buffer.concat([header(rows[0]?.length ?? 0, rows.length), Buffer.from(bytes)]);
}

const picture = (width: number, height: number): readonly (readonly Pixel[])[] =>
  Array.from({ length: height }, (_, y) =>
    Array.from(
      { length: width },
      (_unused, x): Pixel => (x < width / 2 ? [200, 20 + y, 20, 129] : [20, 20 + ((11 * x) % 200), 200, 128]),
    ),
  );

test.each([
  [20, 4],
  [5, 3],
  [700, 3],
])('a Radiance picture of %i x %i in the older packing is that without packing', async (width, height) => {
  const rows = picture(width, height);
  expect(largestDifference(await pixelsOf(packed(rows)), await pixelsOf(flat(rows)))).toBe(0);
});

test('a run of the older packing may be longer than a byte says', async () => {
  const rows = Array.from({ length: 40 }, () => Array.from({ length: 60 }, (): Pixel => [200, 90, 20, 129]));
  expect(packed(rows).length).toBeLessThan(header(60, 40).length + 13);
  expect(largestDifference(await pixelsOf(packed(rows)), await pixelsOf(flat(rows)))).toBe(0);
});

test.each([
  ['that ends early', packed(picture(20, 4)).subarray(0, -9)],
  ['that begins with a run', Buffer.concat([header(9, 1), Buffer.from([1, 1, 1, 3])])],
])('a Radiance picture %s is refused', async (_, file) => {
  await expect(pixelsOf(file)).rejects.toMatchObject({ code: 'corrupt_image' });
});

test('a run that is longer than the picture ends with it', async () => {
  const rows = Array.from({ length: 2 }, () => Array.from({ length: 9 }, (): Pixel => [200, 90, 20, 129]));
  const long = Buffer.concat([
    header(9, 2),
    Buffer.from([200, 90, 20, 129, 1, 1, 1, 255, 1, 1, 1, 255, 1, 1, 1, 255]),
  ]);
  expect(largestDifference(await pixelsOf(long), await pixelsOf(flat(rows)))).toBe(0);
});

test('a Radiance picture that says to be huge is refused before a pixel is unpacked', async () => {
  const file = Buffer.concat([header(90_000, 90_000), Buffer.from([9, 9, 9, 9, 1, 1, 1, 255])]);
  await expect(pixelsOf(file)).rejects.toMatchObject({ code: 'too_many_pixels' });
});
