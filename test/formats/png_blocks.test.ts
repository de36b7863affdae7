import { afterAll, expect, test } from '@jest/globals';
import { chunkBytes, chunksOf, type PngChunk, pngOf } from '../../engine/formats/apng/chunks.ts';
import { createOrientationExif } from '../../engine/metadata/exif.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { drawn, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

/** Red above blue, wider than high. */
const picture = drawn(30, 20, (_, y) => (y < 10 ? [255, 0, 0, 255] : [0, 0, 255, 255]));
const { data: pixels, width, height } = picture;
const plain = (palette: boolean): Promise<Buffer> =>
  sharp(pixels, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .png({ palette })
    .toBuffer();

type Place = 'before' | 'after';

/** Puts a chunk before or after the pixels. */
async function withChunk(chunk: PngChunk, place: Place, palette = false): Promise<Buffer> {
  const chunks = [...chunksOf(await plain(palette))];
  const first = chunks.findIndex(({ type }) => type === 'IDAT');
  const at = place === 'before' ? first : chunks.findLastIndex(({ type }) => type === 'IDAT') + 1;
  return pngOf(chunks.toSpliced(at, 0, chunk));
}

/** A quarter turn to the right. */
const turned = createOrientationExif(6);
const prefixed = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), turned]);

test.each([
  ['before the pixels', turned, 'before'],
  ['after the pixels, as by ImageMagick', turned, 'after'],
  ['with the prefix of JPEG', prefixed, 'before'],
  ['with the prefix of JPEG, after the pixels', prefixed, 'after'],
] as const)('a PNG with EXIF %s is upright, with colours and with a palette', async (_, data, place) => {
  for (const palette of [false, true]) {
    const found = await pixelsOf(await withChunk({ type: 'eXIf', data }, place, palette));
    const last = found.data.subarray((found.width - 1) * 4, found.width * 4);
    expect([found.width, found.height, [...found.data.subarray(0, 4)], [...last]]).toEqual([
      20,
      30,
      [0, 0, 255, 255],
      [255, 0, 0, 255],
    ]);
  }
});

/** The colours of a picture that is 20 pixels wide. */
const coloursOf =
  (raw: Buffer, channels: number) =>
  (x: number, y: number): string =>
    raw.toString('hex', (y * 20 + x) * channels, (y * 20 + x) * channels + 3);

test('it is upright where the area is searched for, too', async () => {
  const file = await withChunk({ type: 'eXIf', data: turned }, 'after');
  const { data } = await run(file, { type: 'png', width: 20, height: 20 }, { operation: 'smartcrop' });
  const raw = await sharp(data).removeAlpha().raw().toBuffer();
  const colourAt = coloursOf(raw, 3);
  expect([colourAt(0, 0), colourAt(0, 19), colourAt(19, 0), colourAt(19, 19)]).toEqual([
    '0000ff',
    '0000ff',
    'ff0000',
    'ff0000',
  ]);
});

/** The picture as the first of two frames of an APNG; the second is all blue. */
async function animation(chunk: PngChunk, place: Place): Promise<Buffer> {
  const blue = drawn(width, height, () => [0, 0, 255, 255]);
  const stack = { width, height: 2 * height, channels: 4 as const, pageHeight: height };
  const frames = sharp(Buffer.concat([pixels, blue.data]), { raw: stack }).webp({ lossless: true });
  const { data } = await run(await frames.toBuffer(), { type: 'apng' });
  const chunks = [...chunksOf(data)];
  return pngOf(chunks.toSpliced(place === 'before' ? 1 : -1, 0, chunk));
}

test.each([
  ['before', turned],
  ['after', turned],
  ['before', prefixed],
] as const)('every frame of an APNG with EXIF %s the pixels is upright', async (place, data) => {
  const file = await animation({ type: 'eXIf', data }, place);
  const found = await run(file, { type: 'webp', lossless: true });
  expect(found.info).toMatchObject({ width: 20, height: 30, pages: 2 });
  const raw = await sharp(found.data, { animated: true }).ensureAlpha().raw().toBuffer();
  const colourAt = coloursOf(raw, 4);
  expect([colourAt(0, 0), colourAt(19, 0), colourAt(19, 29), colourAt(19, 30)]).toEqual([
    '0000ff',
    'ff0000',
    'ff0000',
    '0000ff',
  ]);
});

test.each(['png', 'webp'])(
  'an APNG with EXIF is upright where the area of a %s is searched for',
  async (type) => {
    const file = await animation({ type: 'eXIf', data: turned }, 'before');
    const params = { type, width: 20, height: 20, lossless: true };
    const { data } = await run(file, params, { operation: 'smartcrop' });
    const raw = await sharp(data).removeAlpha().raw().toBuffer();
    expect([raw.toString('hex', 0, 3), raw.toString('hex', 19 * 3, 19 * 3 + 3)]).toEqual([
      '0000ff',
      'ff0000',
    ]);
  },
);

test('of two blocks of EXIF the first counts', async () => {
  const early = await withChunk({ type: 'eXIf', data: createOrientationExif(1) }, 'before');
  const end = early.length - 12;
  const late = chunkBytes({ type: 'eXIf', data: turned });
  const both = Buffer.concat([early.subarray(0, end), late, early.subarray(end)]);
  expect(await pixelsOf(both)).toMatchObject({ width: 30, height: 20 });
});

test('XMP after the pixels is kept, or stripped', async () => {
  const text = '<x:xmpmeta xmlns:x="adobe:ns:meta/">here</x:xmpmeta>';
  const data = Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${text}`, 'latin1');
  const file = await withChunk({ type: 'iTXt', data }, 'after');
  const kept = await run(file, { type: 'jpeg', stripmeta: false });
  const stripped = await run(file, { type: 'jpeg', stripmeta: true });
  expect([kept, stripped].map((one) => one.data.includes('here'))).toEqual([true, false]);
});
