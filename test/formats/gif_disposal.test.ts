import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixDisposal } from '../../engine/formats/gif/disposal.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { run } from '../engine/support/run.ts';
import { colourOf, type Gif, type GifFrame, gifOf, shownFrames } from './support/gif.ts';

const side = 20;
const filled = (
  index: number,
  disposal: number,
  [left, top, size]: readonly [number, number, number],
): GifFrame => ({
  left,
  top,
  width: size,
  height: size,
  pixels: Array.from({ length: size * size }, () => index),
  disposal,
});
const whole = [0, 0, side] as const;

/** Opaque pixels and their colours; what is clear has none. */
async function frameErrors(data: Buffer, gif: Gif): Promise<readonly number[]> {
  const image = sharp(data, { animated: true }).ensureAlpha().toColourspace('srgb');
  const raw = await image.raw().toBuffer();
  const bytes = side * side * 4;
  return shownFrames(gif).map((shown, frame) => {
    let most = 0;
    for (let at = 0; at < bytes; at += 4) {
      const found = raw.subarray(frame * bytes + at, frame * bytes + at + 4);
      for (const channel of shown[at + 3] ? [0, 1, 2, 3] : [3]) {
        most = Math.max(most, Math.abs((found[channel] ?? 999) - (shown[at + channel] ?? 0)));
      }
    }
    return most;
  });
}

const named: Readonly<Record<string, readonly GifFrame[]>> = {
  'a frame that is cleared': [filled(0, 1, whole), filled(1, 2, [5, 5, 10]), filled(2, 1, [0, 0, 4])],
  'a first frame that is cleared': [filled(0, 2, whole), filled(1, 2, [5, 5, 10]), filled(2, 2, [0, 0, 4])],
  'a first frame smaller than the canvas': [filled(1, 1, [5, 5, 10]), filled(2, 1, [0, 0, 4])],
  'one frame smaller than the canvas': [filled(1, 1, [5, 5, 10])],
  'a first frame that is taken back': [
    filled(0, 3, whole),
    filled(1, 3, [5, 5, 10]),
    filled(2, 1, [0, 0, 4]),
  ],
  'a whole frame that is cleared before a smaller one': [filled(0, 2, whole), filled(1, 1, [6, 6, 10])],
  'a transparent index here and there': [
    filled(0, 2, whole),
    { ...filled(1, 2, [5, 5, 10]), transparent: 3 },
    filled(2, 2, [0, 0, 4]),
  ],
};

test.each(Object.keys(named))('%s shows as in a browser, as every animated type', async (name) => {
  const gif: Gif = { side, bits: 2, frames: named[name] ?? [] };
  for (const query of ['type=gif', 'type=webp&lossless=true']) {
    const { data } = await run(gifOf(gif), `convert ${query}`);
    expect([query, ...(await frameErrors(data, gif))]).toEqual([query, ...gif.frames.map(() => 0)]);
  }
  const { data } = await run(
    (await run(gifOf(gif), 'convert type=apng')).data,
    'convert type=webp&lossless=true',
  );
  expect(await frameErrors(data, gif)).toEqual(gif.frames.map(() => 0));
});

test('a WebP whose frames leave places clear says that it has opacity, as readers expect', async () => {
  const gif: Gif = { side, bits: 2, frames: [filled(0, 2, whole), filled(1, 1, [6, 6, 10])] };
  const { data } = await run(gifOf(gif), 'convert type=webp&lossless=true');
  const alphaFlag = 0x10;
  expect([data.toString('latin1', 12, 16), (data[20] ?? 0) & alphaFlag]).toEqual(['VP8X', alphaFlag]);
});

const frame = fc
  .record({
    left: fc.nat(side - 6),
    top: fc.nat(side - 6),
    width: fc.integer({ min: 1, max: 6 }),
    height: fc.integer({ min: 1, max: 6 }),
    disposal: fc.nat(3),
    transparent: fc.option(fc.nat(3), { nil: undefined, freq: 2 }),
    pixels: fc.array(fc.nat(3), { minLength: 36, maxLength: 36 }),
  })
  .map(({ transparent, ...rest }) => (transparent === undefined ? rest : { ...rest, transparent }));

test('frames of any disposal, place and opacity look as in a browser', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 6 }), async (frames) => {
      const gif: Gif = { side, bits: 2, frames };
      expect(await frameErrors(fixDisposal(gifOf(gif)), gif)).toEqual(frames.map(() => 0));
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['one colour left over', 255, 0],
  ['every colour used', 256, 3],
])('of 256 colours with %s, %i are drawn, and at most %i levels are off', async (_what, used, most) => {
  const pixels = Array.from({ length: side * side }, (_, at) => at % used);
  const gif: Gif = {
    side,
    bits: 8,
    frames: [{ ...filled(0, 2, whole), pixels }, filled(9, 2, [5, 5, 10]), filled(2, 1, [0, 0, 4])],
  };
  const far = Math.max(
    ...colourOf(1, 8).map((level, channel) => Math.abs(level - (colourOf(2, 8)[channel] ?? 0))),
  );
  expect(far).toBeGreaterThan(most);
  const errors = await frameErrors(fixDisposal(gifOf(gif)), gif);
  expect(Math.max(...errors)).toBeLessThanOrEqual(most === 0 ? 0 : far);
});

test('a file that needs no change stays unchanged, and so does a damaged one', () => {
  const plain = gifOf({ side, bits: 2, frames: [filled(0, 1, whole), filled(1, 1, [5, 5, 10])] });
  expect(fixDisposal(plain)).toBe(plain);
  const cleared = gifOf({ side, bits: 8, frames: [filled(0, 2, whole), filled(1, 2, [5, 5, 10])] });
  for (let length = 0; length < cleared.length; length += 1) {
    const cut = cleared.subarray(0, length);
    expect(fixDisposal(cut).length).toBe(length);
  }
});
