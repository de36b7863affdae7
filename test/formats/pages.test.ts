import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { firstPage } from '../../engine/conversion.ts';
import { inspect } from '../../engine/header/inspect.ts';
import { defaultLimits } from '../../engine/limits.ts';
import { sharp } from '../../engine/native/sharp.ts';
import type { Params } from '../../engine/params.ts';
import { animation, flat as plain, type Rgb } from '../engine/support/pictures.ts';
import { isolated, run } from './support/conversions.ts';
import { tiffOfPages } from './support/tiff_by_hand.ts';

afterAll(async () => await isolated.close());

const file = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

/** Size and colour in the middle of what a conversion makes. */
async function shown(input: Buffer, params: Params) {
  const { data } = await run(input, { ...params, type: 'png' });
  const { data: pixels, info } = await sharp(data).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const at = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 3;
  const [red = 0, green = 0, blue = 0] = pixels.subarray(at, at + 3);
  const name = red > 200 && blue < 60 ? 'red' : blue > 200 && red < 60 ? 'blue' : `${red},${green},${blue}`;
  return { width, height, name };
}

/** Two pictures, red then blue; `primary` is the one that the file says to show. */
function avif(primary: 1 | 2): Buffer {
  const bytes = file('second_is_primary.avif');
  bytes.writeUInt16BE(primary, bytes.indexOf('pitm') + 8);
  return bytes;
}

test.each([
  [1, {}, 'red'],
  [2, {}, 'blue'],
  [2, { page: 0 }, 'red'],
  [2, { page: 1 }, 'blue'],
  [2, { width: 32 }, 'blue'],
] as const)(
  'an AVIF whose primary picture is number %i shows, with %j, %s',
  async (primary, params, name) => {
    expect(await shown(avif(primary), params)).toMatchObject({ name });
  },
);

test('an AVIF grid whose tiles are not hidden is shown as a whole, at its own proportions', async () => {
  const grid = file('grid.avif');
  const options = { limits: defaultLimits, codecs: isolated };
  expect(await inspect(grid, firstPage, options)).toMatchObject({
    width: 512,
    height: 256,
  });
  expect(await shown(grid, {})).toMatchObject({ width: 512, height: 256 });
  expect(await shown(grid, { width: 64 })).toMatchObject({ width: 64, height: 32 });
});

const flat = (width: number, height: number, rgb: readonly number[]) => ({
  width,
  height,
  bits: [8, 8, 8],
  photometric: 2,
  pieces: [Buffer.from(Array.from({ length: width * height }, () => rgb).flat())],
});
const ofTwoSizes = tiffOfPages([flat(40, 20, [250, 10, 10]), flat(16, 32, [10, 10, 250])]);

test.each([
  [{}, { width: 40, height: 20, name: 'red' }],
  [{ page: 1 }, { width: 16, height: 32, name: 'blue' }],
  [
    { page: 1, width: 8 },
    { width: 8, height: 16, name: 'blue' },
  ],
] as const)('of pages of two sizes, %j gives the page in its own proportions', async (params, wanted) => {
  expect(await shown(ofTwoSizes, params)).toEqual(wanted);
});

/** Files of every kind that can have several pages, and one that cannot. */
const paged: Readonly<
  Record<string, { readonly pages: number; readonly make: () => Promise<Buffer> | Buffer }>
> = {
  gif: { pages: 3, make: () => animation('gif', colours) },
  webp: { pages: 3, make: () => animation('webp', colours) },
  apng: { pages: 3, make: async () => (await run(await animation('gif', colours), { type: 'apng' })).data },
  tiff: { pages: 2, make: () => ofTwoSizes },
  avif: { pages: 2, make: () => avif(1) },
  'animated avif': { pages: 3, make: () => file('animated.avif') },
  heic: { pages: 1, make: () => file('gradient.heic') },
  ico: { pages: 7, make: async () => (await run(await plain(300, 200), { type: 'ico' })).data },
  pdf: { pages: 1, make: async () => (await run(await plain(300, 200), { type: 'pdf' })).data },
  jpeg: { pages: 1, make: () => plain(30, 20, 'jpeg') },
};
const colours: readonly Rgb[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
];

test.each(Object.entries(paged))(
  'of %s the last page is there, and the one after it is refused',
  async (_, row) => {
    const input = await row.make();
    const { info } = await run(input, { type: 'png', page: row.pages - 1 });
    expect(info.input.pages).toBe(row.pages);
    for (const page of [row.pages, 99, -1])
      for (const type of ['png', 'webp'])
        await expect(run(input, { type, page })).rejects.toMatchObject({
          code: 'invalid_param',
          message: expect.stringMatching(/^page: expected 0.*, got /),
        });
  },
);
