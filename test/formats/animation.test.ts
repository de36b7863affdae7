import { afterAll, expect, test } from '@jest/globals';
import { defaultLimits } from '../../engine/limits.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { seenFrames as seen } from './support/seen_frames.ts';

afterAll(async () => await isolated.close());

const size = { width: 24, height: 16 };
const delay = [100, 200, 300, 400];
const loop = 3;
/** Each frame brighter than the one before, with a bar that moves. */
const frames = delay.map((_, frame) => {
  const pixels = Array.from({ length: size.width * size.height }, (_, at) =>
    at % size.width === frame * 5 ? [255, 0, 0, 255] : [0, frame * 60, 0, 255],
  );
  return Buffer.from(pixels.flat());
});

const animation = async (type: 'gif' | 'webp'): Promise<Buffer> => {
  const raw = { ...size, height: size.height * frames.length, channels: 4 as const, pageHeight: size.height };
  const image = sharp(Buffer.concat(frames), { raw });
  return await (type === 'gif'
    ? image.gif({ delay, loop })
    : image.webp({ delay, loop, lossless: true })
  ).toBuffer();
};

const made: Readonly<Record<string, () => Promise<Buffer>>> = {
  gif: () => animation('gif'),
  webp: () => animation('webp'),
  apng: async () => (await run(await animation('gif'), { type: 'apng' })).data,
};

const pairs = Object.keys(made).flatMap((from) => Object.keys(made).map((to) => [from, to] as const));

test.each(pairs)('%s to %s keeps frames, timing and loops', async (from, to) => {
  const { data, info } = await run((await made[from]?.()) ?? Buffer.alloc(0), { type: to, lossless: true });
  expect(info).toMatchObject({ ...size, pages: 4, input: { format: from, pages: 4 } });
  const shown = await seen(data, to);
  expect(shown).toMatchObject({ pages: 4, delay, loop });
  for (const [frame, green] of shown.green.entries())
    expect(Math.abs(green - frame * 60)).toBeLessThanOrEqual(6);
});

test.each(Object.keys(made))('the longest timing of a GIF becomes the longest of %s', async (to) => {
  const gif = await animation('gif');
  gif.writeUInt16LE(65_535, gif.indexOf('NETSCAPE2.0') + 13);
  const control = Buffer.of(0x21, 0xf9, 4);
  for (let at = gif.indexOf(control); at >= 0; at = gif.indexOf(control, at + 1))
    gif.writeUInt16LE(65_535, at + 4);
  const { delay: longest = [], loop: plays = 0 } = await seen((await run(gif, { type: to })).data, to);
  // 65,535 repeats, and GIF counts hundredths of a second.
  expect([...longest, plays].filter((value) => value < 65_530)).toEqual([]);
});

test.each(pairs)('page and pages pick frames of %s for %s', async (from, to) => {
  const { data } = await run((await made[from]?.()) ?? Buffer.alloc(0), {
    type: to,
    page: 1,
    pages: 2,
    lossless: true,
  });
  const shown = await seen(data, to);
  expect(shown).toMatchObject({ pages: 2, delay: [200, 300] });
  expect(Math.abs((shown.green[0] ?? 0) - 60)).toBeLessThanOrEqual(6);
});

test.each(Object.keys(made))('the frame that is asked for becomes a still of %s', async (from) => {
  const { data, info } = await run((await made[from]?.()) ?? Buffer.alloc(0), { type: 'png', page: 2 });
  expect(info).toMatchObject({ ...size, pages: 1 });
  const pixels = await sharp(data).removeAlpha().raw().toBuffer();
  expect(Math.abs((pixels[1] ?? 0) - 120)).toBeLessThanOrEqual(6);
});

test.each(pairs)('a resized %s is a %s of resized frames', async (from, to) => {
  const { data, info } = await run((await made[from]?.()) ?? Buffer.alloc(0), { type: to, width: 12 });
  expect(info).toMatchObject({ width: 12, height: 8, pages: 4 });
  expect((await seen(data, to)).pages).toBe(4);
});

test.each(Object.keys(made))('the limit of pixels counts the frames of %s', async (from) => {
  const input = (await made[from]?.()) ?? Buffer.alloc(0);
  const megapixels = (size.width * size.height * frames.length) / 1e6;
  const limited = (MAX_INPUT_MEGAPIXELS: number) =>
    run(input, { type: 'webp' }, { limits: { ...defaultLimits, MAX_INPUT_MEGAPIXELS } });
  await expect(limited(megapixels - 0.000001)).rejects.toMatchObject({
    code: 'too_many_pixels',
    status: 422,
  });
  expect((await limited(megapixels)).info.pages).toBe(4);
});

test.each(Object.keys(made))('no more frames of %s are kept than are allowed', async (from) => {
  const input = (await made[from]?.()) ?? Buffer.alloc(0);
  expect(
    (await run(input, { type: 'webp' }, { limits: { ...defaultLimits, MAX_FRAMES: 3 } })).info.pages,
  ).toBe(3);
});
