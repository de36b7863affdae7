import { expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import { decoded, flat, pixelAt, png, quad } from './support/pictures.ts';
import { run } from './support/run.ts';

const plain = (background: string) => sharp({ create: { width: 32, height: 24, channels: 3, background } });

/** One colour stored in each of the ways, and what it is in sRGB. */
const stored: Readonly<Record<string, readonly [() => Promise<Buffer>, readonly number[]]>> = {
  'grey PNG': [() => plain('#808080').toColourspace('b-w').png().toBuffer(), [128, 128, 128]],
  'grey JPEG': [() => plain('#808080').toColourspace('b-w').jpeg().toBuffer(), [128, 128, 128]],
  '16-bit PNG': [() => plain('#ff0080').toColourspace('rgb16').png().toBuffer(), [255, 0, 128]],
  '16-bit grey PNG': [() => plain('#808080').toColourspace('grey16').png().toBuffer(), [128, 128, 128]],
  '16-bit TIFF': [
    () => plain('#ff0080').toColourspace('rgb16').tiff({ compression: 'lzw' }).toBuffer(),
    [255, 0, 128],
  ],
  'CMYK JPEG': [
    () => plain('#7090a0').toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer(),
    [112, 144, 160],
  ],
  'CMYK TIFF': [
    () => plain('#7090a0').toColourspace('cmyk').withIccProfile('cmyk').tiff().toBuffer(),
    [112, 144, 160],
  ],
  'Display P3 PNG': [() => plain('#30a060').withIccProfile('p3').png().toBuffer(), [48, 160, 96]],
  'palette PNG': [() => plain('#30a060').png({ palette: true }).toBuffer(), [48, 160, 96]],
};
const steps: readonly (readonly string[])[] = [
  ['convert type=png&stripmeta=true'],
  ['convert type=png&noprofile=true'],
  ['convert type=webp&lossless=true'],
  ['resize width=16&type=png'],
  ['zoom factor=1', 'resize width=16&type=png&stripmeta=true'],
  ['zoom factor=1', 'resize width=16&type=png'],
];

test.each(Object.keys(stored).flatMap((name) => steps.map((step) => [name, step] as const)))(
  '%s keeps its colour through %j, in 8-bit sRGB',
  async (name, step) => {
    const [make, expected] = stored[name] ?? [];
    const { data } = await run((await make?.()) ?? Buffer.alloc(0), step);
    const { depth, space, channels } = await sharp(data).metadata();
    expect([depth, space, channels]).toEqual(['uchar', 'srgb', 3]);
    pixelAt(await decoded(data), 5, 5).forEach((value, channel) => {
      expect(Math.abs(value - (expected?.[channel] ?? 0))).toBeLessThanOrEqual(6);
    });
  },
);

test('a profile is kept with its pixels, and dropped only with a conversion to sRGB', async () => {
  const input = await plain('#30a060').withIccProfile('p3').png().toBuffer();
  const values = async (step: string) => {
    const { data } = await run(input, step);
    const raw = await sharp(data, { ignoreIcc: true }).raw().toBuffer();
    return { profile: (await sharp(data).metadata()).hasProfile, first: [...raw.subarray(0, 3)] };
  };
  const kept = await values('convert type=png');
  expect(kept.profile).toBe(true);
  expect(kept.first).toEqual([...(await sharp(input, { ignoreIcc: true }).raw().toBuffer()).subarray(0, 3)]);
  for (const step of ['convert type=png&noprofile=true', 'convert type=png&stripmeta=true']) {
    const dropped = await values(step);
    expect(dropped.profile).toBe(false);
    expect(dropped.first).not.toEqual(kept.first);
  }
});

test('a grey outcome has one channel and no profile of colour', async () => {
  const input = await plain('#ff0000').withIccProfile('p3').png().toBuffer();
  const { data } = await run(input, 'convert type=png&colorspace=bw');
  const { space, channels, hasProfile } = await sharp(data).metadata();
  expect([space, channels, hasProfile]).toEqual(['b-w', 1, false]);
});

test('EXIF is kept unless stripped; noprofile leaves it', async () => {
  const exif = { IFD0: { Copyright: 'somebody' } };
  const input = await plain('#123').withExif(exif).withIccProfile('p3', { attach: true }).jpeg().toBuffer();
  const facts = async (step: string) => {
    const { exif, hasProfile } = await sharp((await run(input, step)).data).metadata();
    return [exif?.includes('somebody') ?? false, hasProfile];
  };
  expect(await facts('resize width=20')).toEqual([true, true]);
  expect(await facts('resize width=20&noprofile=true')).toEqual([true, false]);
  expect(await facts('resize width=20&stripmeta=true')).toEqual([false, false]);
  expect(await facts('zoom factor=1&width=20')).toEqual([true, true]);
});

const alpha = async (): Promise<Buffer> =>
  await sharp({
    create: { width: 20, height: 20, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();

test.each([
  ['onthefly', 'convert type=jpeg', [0, 0, 0]],
  ['inline', 'convert type=jpeg', [255, 255, 255]],
  ['onthefly', 'convert type=jpeg&background=0,0,255', [0, 0, 255]],
  ['onthefly', 'convert type=png&background=0,0,255', [0, 0, 255]],
  ['onthefly', 'convert type=png', [255, 0, 0, 0]],
] as const)('transparency through the %s door, %s, shows %j', async (door, step, expected) => {
  const { data } = await run(await alpha(), step, { door });
  const pixel = pixelAt(await decoded(data), 3, 3);
  expect(pixel.length).toBe(expected.length);
  pixel.forEach((value, channel) => {
    expect(Math.abs(value - (expected[channel] ?? 0))).toBeLessThanOrEqual(3);
  });
});

test.each([
  ['white', [255, 255, 255]],
  ['black', [0, 0, 0]],
  ['background', [10, 20, 30]],
  ['lastpixel', [10, 20, 30]],
  [' BACKGROUND  ', [10, 20, 30]],
  ['copy', [255, 0, 0]],
  ['nonsense', [255, 0, 0]],
])('extend=%s pads with %j', async (extend, colour) => {
  const query = new URLSearchParams({ width: '200', height: '80', background: '10,20,30', extend });
  const { data } = await run(await png(quad()), `resize ${query}`);
  expect(pixelAt(await decoded(data), 5, 20)).toEqual(colour);
});

test('a flat picture is the same from JPEG through every door', async () => {
  for (const door of ['onthefly', 'inline', 'batch'] as const) {
    const { data } = await run(await flat(30, 20, 'jpeg'), 'convert type=png', { door });
    expect(pixelAt(await decoded(data), 9, 9)).toEqual([128, 128, 128]);
  }
});
