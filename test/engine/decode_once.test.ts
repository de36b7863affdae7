import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { createCodecPool } from '../../engine/codec_worker/pool.ts';
import { conversionOf } from '../../engine/conversion.ts';
import { convert, freeFile } from '../../engine/index.ts';
import { defaultLimits } from '../../engine/limits.ts';

const codecs = createCodecPool();
const options = {
  limits: defaultLimits,
  codecs,
  fetchImage: () => Promise.reject(new Error('nothing to fetch')),
};

const noise = sharp({
  create: {
    width: 120,
    height: 90,
    channels: 3,
    background: '#888',
    noise: { type: 'gaussian', mean: 128, sigma: 40 },
  },
});

/** Files that pixels alone describe, and files that need more. */
const inputs = {
  rgb: noise.clone().png(),
  rgba: noise.clone().ensureAlpha(0.5).png(),
  'with a density': noise.clone().withMetadata({ density: 300 }).png(),
  'with a profile': noise.clone().withIccProfile('p3').png(),
  'of sixteen bits': noise.clone().toColourspace('rgb16').png(),
  palette: noise.clone().png({ palette: true }),
  jpeg: noise.clone().jpeg(),
};
const params = [
  { type: 'jpg' },
  { type: 'webp', width: 64 },
  { type: 'png', rotate: 90 },
  { type: 'tif', blur: 2 },
  { type: 'jpg', width: 50, height: 50, crop: true },
];

test.each(Object.entries(inputs))(
  'outputs of a file that is decoded once are the same: %s',
  async (_name, image) => {
    const input = await image.toBuffer();
    for (const one of params) {
      const conversion = conversionOf([{ operation: 'convert', params: one }], 'batch');
      const alone = await convert(Buffer.from(input), conversion, options);
      const shared = await convert(input, conversion, { ...options, decodeOnce: true });
      expect(shared.data.equals(alone.data)).toBe(true);
    }
  },
);

const toJpeg = conversionOf([{ operation: 'convert', params: { type: 'jpg' } }], 'batch');

/** In memory of its own, as the converter reads files. */
function alone(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

test('the bytes of a file are freed after its conversions, whose outputs stay', async () => {
  const file = alone(await inputs.rgb.toBuffer());
  const expected = await convert(Buffer.from(file), toJpeg, options);
  const { data } = await convert(file, toJpeg, { ...options, decodeOnce: true });
  await freeFile(file);
  expect([file.length, data.equals(expected.data)]).toEqual([0, true]);
});

test('a file that keeps its bytes because its density has no unit is freed once', async () => {
  const whole = await inputs['with a density'].toBuffer();
  whole.writeUInt8(0, whole.indexOf('pHYs') + 12);
  const file = alone(whole);
  await convert(file, toJpeg, { ...options, decodeOnce: true });
  await freeFile(file);
  await freeFile(file);
  expect(file).toHaveLength(0);
});

test('a file whose pixels cannot be decoded is freed too', async () => {
  const file = alone((await inputs.rgb.toBuffer()).subarray(0, 4000));
  const refusing = { ...toJpeg, decode: { ...toJpeg.decode, damaged: 'refuse' as const } };
  await expect(convert(file, refusing, { ...options, decodeOnce: true })).rejects.toThrow();
  await freeFile(file);
  expect(file).toHaveLength(0);
});
