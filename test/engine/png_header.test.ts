import { expect, test } from '@jest/globals';
import { pngHeader } from '../../engine/header/png.ts';
import { sharp } from '../../engine/native/sharp.ts';

const plain = (channels: 3 | 4 = 3) =>
  sharp({ create: { width: 37, height: 23, channels, background: { r: 30, g: 160, b: 90, alpha: 0.5 } } });

const plainFiles: Readonly<Record<string, () => Promise<Buffer>>> = {
  colour: () => plain().png().toBuffer(),
  'colour and alpha': () => plain(4).png().toBuffer(),
  grey: () => plain().toColourspace('b-w').png().toBuffer(),
  'grey and alpha': () => plain(4).toColourspace('b-w').png().toBuffer(),
  'sixteen bits': () => plain().toColourspace('rgb16').png().toBuffer(),
  'sixteen bits and alpha': () => plain(4).toColourspace('rgb16').png().toBuffer(),
  'sixteen bits, grey': () => plain().toColourspace('grey16').png().toBuffer(),
  interlaced: () => plain().png({ progressive: true }).toBuffer(),
  profile: () => plain().withIccProfile('p3').png().toBuffer(),
};

test.each(Object.keys(plainFiles))('of %s it says what sharp says', async (name) => {
  const file = (await plainFiles[name]?.()) ?? Buffer.alloc(0);
  const header = pngHeader(file);
  expect(header).toBeDefined();
  const { pixelsAt = 0, ...said } = header ?? {};
  expect(file.toString('latin1', pixelsAt - 4, pixelsAt)).toBe('IDAT');
  expect(await sharp(file).metadata()).toMatchObject(said);
});

const others: Readonly<Record<string, () => Promise<Buffer>>> = {
  'a palette': () => plain().png({ palette: true }).toBuffer(),
  EXIF: () => plain().withMetadata({ orientation: 6 }).png().toBuffer(),
  'a JPEG': () => plain().jpeg().toBuffer(),
};

test.each(Object.keys(others))('%s is left to sharp', async (name) => {
  expect(pngHeader((await others[name]?.()) ?? Buffer.alloc(0))).toBeUndefined();
});

test('it leaves to sharp what is cut off or bent, and never throws', async () => {
  const file = await plain(4).png().toBuffer();
  const pixels = file.indexOf('IDAT');
  for (let length = 0; length < pixels; length += 1)
    expect(pngHeader(file.subarray(0, length))).toBeUndefined();
  for (let at = 8; at < pixels; at += 1) {
    const bent = Buffer.from(file);
    bent[at] = (bent[at] ?? 0) ^ 0xff;
    expect(() => pngHeader(bent)).not.toThrow();
    if (at < 33) expect(pngHeader(bent)).toBeUndefined();
  }
});
