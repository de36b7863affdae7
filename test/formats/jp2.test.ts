import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { firstPage } from '../../engine/conversion.ts';
import { inspect } from '../../engine/header/inspect.ts';
import { defaultLimits } from '../../engine/limits.ts';
import { sharp } from '../../engine/native/sharp.ts';
import type { Params } from '../../engine/params.ts';
import { isolated, run } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';
import { cornersOf, quadrants, watchCodecs } from './support/quadrants.ts';
import { tiffOfPages } from './support/tiff_by_hand.ts';

afterAll(async () => await isolated.close());

const file = (name: string): Buffer => readFileSync(new URL(`fixtures/jp2/${name}`, import.meta.url));
const picture = drawn(24, 16, (x, y) => [x * 10, y * 15, x < 12 ? 40 : 200, 255]);
const options = { limits: defaultLimits, codecs: isolated };

test.each(['offset.jp2', 'tiles.j2k', 'even.jp2', 'even_offset.j2k'])(
  'the JPEG 2000 %s is read whole and in its own size',
  async (name) => {
    expect(await inspect(file(name), firstPage, options)).toMatchObject({
      width: 24,
      height: 16,
    });
    expect(largestDifference(await pixelsOf(file(name)), picture)).toBe(0);
  },
);

test('a JPEG 2000 whose tiles cut between samples is refused', async () => {
  const cut = file('even.jp2');
  cut.writeUInt32BE(13, cut.indexOf('\xff\x4f\xff\x51', 'latin1') + 2 + 22);
  await expect(pixelsOf(cut)).rejects.toMatchObject({ code: 'unsupported_input' });
});

/** Red and green above blue and yellow, 1601 x 1101; its smaller copies go down to a 32nd. */
const large = file('quadrants.jp2');

test.each<[string, Params, readonly number[], number]>([
  ['resize', { width: 100 }, [100, 69], 401 * 276],
  ['resize', { width: 600 }, [600, 413], 801 * 551],
  ['fit', { width: 300, height: 300 }, [300, 206], 401 * 276],
  ['crop', { width: 200, height: 200 }, [200, 200], 401 * 276],
  ['smartcrop', { width: 200, height: 200 }, [200, 200], 401 * 276],
  ['resize', { width: 1200 }, [1200, 825], 1601 * 1101],
  ['enlarge', { width: 2000, height: 1400 }, [2000, 1400], 1601 * 1101],
  ['extract', { top: 300, left: 500, areawidth: 600, areaheight: 500 }, [600, 500], 1601 * 1101],
  ['convert', {}, [1601, 1101], 1601 * 1101],
])('of a JPEG 2000, %s %j gives %j and decodes %i pixels', async (operation, params, size, pixels) => {
  const { seen, codecs } = watchCodecs();
  const { data, info } = await run(large, { ...params, type: 'png' }, { operation, codecs });
  const shown = await cornersOf(data);
  expect(shown.size).toEqual(size);
  if (operation !== 'smartcrop') expect(shown.colours).toEqual(quadrants);
  expect(info.input).toMatchObject({ width: 1601, height: 1101 });
  expect(Math.round(seen.bytes / (pixels * 3))).toBe(1);
});

test('a JPEG 2000 over the limit of pixels is refused though less of it is needed', async () => {
  const limits = { ...defaultLimits, MAX_INPUT_MEGAPIXELS: 1.7 };
  const small = run(large, { width: 100, type: 'png' }, { operation: 'resize', limits });
  await expect(small).rejects.toMatchObject({ code: 'too_many_pixels' });
});

test('inks are shown as the same inks of a TIFF', async () => {
  // Made by Pillow: 8 by 8 pixels of these inks.
  const inks = [40, 200, 90, 30];
  const pieces = [Buffer.from(Array.from({ length: 64 }, () => inks).flat())];
  const tiff = tiffOfPages([{ width: 8, height: 8, bits: [8, 8, 8, 8], photometric: 5, pieces }]);
  expect(largestDifference(await pixelsOf(file('inks.jp2')), await pixelsOf(tiff))).toBeLessThanOrEqual(1);
});

test('opacity of a bare codestream whose colours are all grey is kept', async () => {
  const grey = drawn(24, 16, (x) => [
    x < 12 ? 0 : 200,
    x < 12 ? 0 : 200,
    x < 12 ? 0 : 200,
    x < 12 ? 100 : 255,
  ]);
  const raw = { width: 24, height: 16, channels: 4 as const };
  const png = await sharp(grey.data, { raw }).png().toBuffer();
  const { data } = await run(png, { type: 'j2k', lossless: true });
  expect(largestDifference(await pixelsOf(data), grey)).toBe(0);
});
