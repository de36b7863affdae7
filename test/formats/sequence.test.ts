import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { defaultLimits, type Limits } from '../../engine/limits.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { seenFrames } from './support/seen_frames.ts';

afterAll(async () => await isolated.close());

/** Red, green and blue of 64x48, a fifth of a second each, written by avifenc. */
const file = readFileSync(new URL('fixtures/animated.avif', import.meta.url));
const greens = [0, 255, 0];

const near = (found: readonly number[], wanted: readonly number[]): void => {
  expect(found.length).toBe(wanted.length);
  for (const [index, value] of wanted.entries())
    expect(Math.abs((found[index] ?? 0) - value)).toBeLessThanOrEqual(6);
};

test.each(['gif', 'webp', 'apng'])('an animated AVIF is an animated %s', async (type) => {
  const { data, info } = await run(file, { type, lossless: true });
  expect(info).toMatchObject({ width: 64, height: 48, pages: 3, input: { format: 'avif', pages: 3 } });
  const shown = await seenFrames(data, type);
  expect(shown).toMatchObject({ pages: 3, delay: [200, 200, 200], loop: 0 });
  near(shown.green, greens);
});

test('an animated AVIF stays animated where no type is asked for', async () => {
  const { info, format } = await run(file, { width: 32 }, { operation: 'resize' });
  expect([format.name, info.width, info.pages]).toEqual(['webp', 32, 3]);
});

test.each([0, 1, 2])('frame %i of an animated AVIF is a still picture', async (page) => {
  const { data, info } = await run(file, { type: 'png', page });
  expect(info.pages).toBe(1);
  const pixels = await sharp(data).removeAlpha().raw().toBuffer();
  near([pixels[1] ?? 0], greens.slice(page, page + 1));
});

/** The same with 1x1 pixels in the headers of its tracks. */
function lying(): Buffer {
  const bytes = Buffer.from(file);
  for (let at = bytes.indexOf('tkhd'); at >= 0; at = bytes.indexOf('tkhd', at + 4)) {
    const end = at - 4 + bytes.readUInt32BE(at - 4);
    bytes.writeUInt32BE(65_536, end - 8);
    bytes.writeUInt32BE(65_536, end - 4);
  }
  return bytes;
}

test.each<[string, Buffer, Partial<Limits>, string]>([
  ['over the limit of pixels', file, { MAX_INPUT_MEGAPIXELS: 0.009 }, 'too_many_pixels'],
  ['over that limit, which says that it is not', lying(), { MAX_INPUT_MEGAPIXELS: 0.009 }, 'too_many_pixels'],
  ['that ends early', file.subarray(0, -60), {}, 'corrupt_image'],
])('an animated AVIF %s is refused', async (_what, input, some, code) => {
  const limits = { ...defaultLimits, ...some };
  await expect(run(input, { type: 'webp' }, { limits })).rejects.toMatchObject({ code });
});

test('frames of an animated AVIF over MAX_FRAMES are told as left out', async () => {
  const limits = { ...defaultLimits, MAX_FRAMES: 2 };
  const { info } = await run(file, { type: 'webp' }, { limits });
  expect(info).toMatchObject({ pages: 2, framesLeftOut: 1 });
});
