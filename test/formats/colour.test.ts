import { deflateSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import { doors } from '../../engine/door_defaults.ts';
import { chunksOf, pngOf } from '../../engine/formats/apng/chunks.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { deltaE, type Rgb8 } from './support/delta_e.ts';
import { inSrgb, withProfile } from './support/reference.ts';

afterAll(async () => await isolated.close());

const levels = [10, 90, 170, 250];
/** Colours from all over sRGB. */
const patches: readonly Rgb8[] = levels.flatMap((r) =>
  levels.flatMap((g) => levels.map((b) => [r, g, b] as const)),
);

/** A picture of 16 x 16 patches. */
async function chart(): Promise<Buffer> {
  const width = patches.length * 16;
  const pixels = Array.from(
    { length: width * 16 },
    (_, at) => patches[Math.floor((at % width) / 16)] ?? [0, 0, 0],
  );
  return await sharp(Buffer.from(pixels.flat()), { raw: { width, height: 16, channels: 3 } })
    .png()
    .toBuffer();
}

/** The middle of each patch, in sRGB. */
async function colours(bytes: Buffer): Promise<readonly Rgb8[]> {
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return patches.map((_, patch) => {
    const at = (8 * info.width + patch * 16 + 8) * 3;
    return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0] as const;
  });
}

/** A difference (CIEDE2000) that hardly anybody sees. */
const unseen = 2;

const worst = (a: readonly Rgb8[], b: readonly Rgb8[]): number =>
  Math.max(...a.map((colour, index) => deltaE(colour, b[index] ?? [0, 0, 0])));

/** Ways to write inputs without visible loss. */
const exact = {
  jpeg: { quality: 100, chromaSubsampling: '4:4:4' },
  png: {},
  tiff: { compression: 'deflate' },
} as const;

/** The chart in a profile. */
async function profiled(profile: 'p3' | 'cmyk', type: keyof typeof exact): Promise<Buffer> {
  const image = sharp(await chart());
  const spaced = profile === 'cmyk' ? image.toColourspace('cmyk') : image;
  return await spaced.withIccProfile(profile).toFormat(type, exact[type]).toBuffer();
}

/** The chart's numbers read as Display P3: many are colours that sRGB does not have. */
async function beyondSrgb(): Promise<Buffer> {
  const { icc } = await sharp(await profiled('p3', 'png')).metadata();
  return await withProfile(await chart(), icc ?? Buffer.alloc(0));
}

const inputs = [
  ['Display P3', 'PNG', () => profiled('p3', 'png')],
  ['Display P3', 'JPEG', () => profiled('p3', 'jpeg')],
  ['Display P3', 'TIFF', () => profiled('p3', 'tiff')],
  ['Display P3 beyond sRGB', 'PNG', beyondSrgb],
  ['CMYK', 'JPEG', () => profiled('cmyk', 'jpeg')],
  ['CMYK', 'TIFF', () => profiled('cmyk', 'tiff')],
] as const;
const outputs = ['png', 'jpeg', 'webp', 'bmp', 'gif', 'pdf', 'jxl', 'avif', 'tiff'] as const;

test.each(inputs)(
  'colours in %s of a %s look as a second colour engine says, whatever they become',
  async (_, coder, make) => {
    const input = await make();
    const reference = await colours(await inSrgb(input, coder));
    const measured = outputs.map(async (output) => {
      const { data } = await run(input, { type: output, quality: 100 });
      const { data: png } = await run(data, { type: 'png' });
      return { output, deltaE: worst(await colours(png), reference) };
    });
    const seen = (await Promise.all(measured)).filter((one) => !(one.deltaE < unseen));
    expect(seen).toEqual([]);
  },
);

test.each(['png', 'jpeg', 'webp', 'tiff', 'avif'])(
  '%s carries the profile where metadata are kept',
  async (type) => {
    const input = await profiled('p3', 'png');
    const { data } = await run(input, { type, quality: 100 }, { door: 'onthefly' });
    expect((await sharp(data).metadata()).hasProfile).toBe(true);
    expect(worst(await colours(data), patches)).toBeLessThan(unseen);
  },
);

test('a format that carries no profile gets sRGB colours even where metadata are kept', async () => {
  const { data } = await run(await profiled('p3', 'png'), { type: 'bmp' }, { door: 'onthefly' });
  const { data: png } = await run(data, { type: 'png' });
  expect(worst(await colours(png), patches)).toBeLessThan(unseen);
});

const deep = async (): Promise<Buffer> => {
  const samples = Uint16Array.from({ length: 64 * 3 }, (_, at) => 20_000 + at);
  return await sharp(samples, { raw: { width: 64, height: 1, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
};

const depths = Object.entries(doors).flatMap(([door, { depth }]) =>
  ['png', 'tiff'].map((type) => [door, type, depth === 'keep' ? 'ushort' : 'uchar'] as const),
);
test.each(depths)('the door %s writes sixteen-bit input as %s of %s', async (door, type, expected) => {
  const { data } = await run(await deep(), { type }, { door: door as 'inline' });
  expect((await sharp(data).metadata()).depth).toBe(expected);
});

test('sixteen bits survive several passes exactly', async () => {
  const input = await deep();
  const { data } = await run(input, { type: 'png', depth: 'keep' }, { door: 'onthefly' });
  const raw = async (bytes: Buffer) =>
    await sharp(bytes).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
  expect(await raw(data)).toEqual(await raw(input));
});

test.each([
  ['is damaged', async () => Buffer.from('no profile')],
  [
    'is for inks',
    async () => (await sharp(await profiled('cmyk', 'jpeg')).metadata()).icc ?? Buffer.alloc(0),
  ],
])('a profile of sixteen bits that %s changes no colour', async (_what, profile) => {
  const [header, ...rest] = chunksOf(
    await sharp(await chart())
      .toColourspace('rgb16')
      .png()
      .toBuffer(),
  );
  const data = Buffer.concat([Buffer.from('it\0\0', 'latin1'), deflateSync(await profile())]);
  const file = pngOf([...(header ? [header] : []), { type: 'iCCP', data }, ...rest]);
  for (const type of ['png', 'webp'])
    expect(worst(await colours((await run(file, { type, lossless: true })).data), patches)).toBeLessThan(
      unseen,
    );
});

test('depth=8 makes them eight', async () => {
  const { data } = await run(await deep(), { type: 'png', depth: '8' });
  expect((await sharp(data).metadata()).depth).toBe('uchar');
});

const signed = async (): Promise<Buffer> =>
  await sharp(await chart())
    .withExif({ IFD0: { Artist: 'Ada Lovelace', Copyright: 'Ada, 2026', Software: 'a camera' } })
    .jpeg()
    .toBuffer();

test.each(['jpeg', 'png', 'webp'])(
  '%s keeps artist and copyright where that is asked for, and nothing else',
  async (type) => {
    const { data } = await run(await signed(), { type, stripmeta: true, keepcopyright: true });
    const exif = (await sharp(data).metadata()).exif?.toString('utf8') ?? '';
    expect(exif).toContain('Ada Lovelace');
    expect(exif).toContain('Ada, 2026');
    expect(exif).not.toContain('a camera');
  },
);

test('without asking, stripping drops artist and copyright too', async () => {
  const { data } = await run(await signed(), { type: 'jpeg', stripmeta: true });
  expect((await sharp(data).metadata()).exif).toBeUndefined();
});
