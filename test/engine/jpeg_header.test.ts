import { expect, test } from '@jest/globals';
import { jpegHeader } from '../../engine/header/jpeg.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { flat, oriented, quad } from './support/pictures.ts';

const plain = (background = '#30a060') =>
  sharp({ create: { width: 37, height: 23, channels: 3, background } });

const files: Readonly<Record<string, () => Promise<Buffer>>> = {
  baseline: () => flat(640, 333, 'jpeg'),
  progressive: () => plain().jpeg({ progressive: true }).toBuffer(),
  grey: () => plain().toColourspace('b-w').jpeg().toBuffer(),
  cmyk: () => plain().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer(),
  profile: () => plain().withIccProfile('p3').jpeg().toBuffer(),
  exif: () =>
    plain()
      .withExif({ IFD0: { Copyright: 'me' } })
      .jpeg()
      .toBuffer(),
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8].map((tag) => [`orientation ${tag}`, () => oriented(quad(), tag, 'jpeg')]),
  ),
};

test.each(Object.keys(files))('of %s it says what sharp says', async (name) => {
  const file = (await files[name]?.()) ?? Buffer.alloc(0);
  const header = jpegHeader(file);
  expect(header).toBeDefined();
  const { exif, pixelsAt = 0, ...said } = header ?? {};
  expect(file.readUInt16BE(pixelsAt)).toBe(0xffda);
  const metadata = await sharp(file).metadata();
  expect(metadata).toMatchObject(said);
  expect(exif === undefined).toBe(metadata.exif === undefined);
});

test('it leaves to sharp what is cut off or unusual, and never throws', async () => {
  const file = await oriented(quad(), 6, 'jpeg');
  const scan = file.indexOf(Buffer.from([0xff, 0xda]));
  for (let length = 0; length < scan; length += 1)
    expect(jpegHeader(file.subarray(0, length))).toBeUndefined();
  for (let at = 0; at < scan; at += 1) {
    const bent = Buffer.from(file);
    bent[at] = (bent[at] ?? 0) ^ 0xff;
    expect(() => jpegHeader(bent)).not.toThrow();
  }
});
