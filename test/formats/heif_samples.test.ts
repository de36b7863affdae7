import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from '@jest/globals';
import { defaultLimits } from '../../engine/limits.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

const [width, height] = [32, 24];
const fixture = async (name: string): Promise<Buffer> =>
  await readFile(new URL(`./fixtures/${name}`, import.meta.url));

/** Two colours, which the right half shows through. */
const halves = drawn(width, height, (x, y) => {
  const [red, green, blue] = y < height / 2 ? [200, 80, 40] : [40, 120, 220];
  return [red, green, blue, x < width / 2 ? 255 : 100];
});
const ramp = drawn(width, height, (x) => {
  const level = Math.round((255 * x) / (width - 1));
  return [level, level, level, 255];
});

test.each([
  ['premultiplied.avif', 'colours that are multiplied by opacity are divided by it', halves],
  ['premultiplied.heic', 'colours that are multiplied by opacity are divided by it', halves],
  ['narrow-grey.avif', 'grey of narrow range goes from black to white', ramp],
])('of %s, %s', async (name, _, wanted) => {
  expect(largestDifference(await pixelsOf(await fixture(name)), wanted)).toBeLessThanOrEqual(3);
});

/** The colours of `cut.heic` after its cut, before its turns. */
const meeting = drawn(60, 40, (x, y) => {
  const above: readonly [number, number, number] = x < 30 ? [220, 40, 40] : [40, 200, 60];
  const below: readonly [number, number, number] = x < 30 ? [40, 60, 220] : [230, 220, 50];
  return [...(y < 20 ? above : below), 255] as [number, number, number, number];
});

test.each([0, 1, 2, 3].flatMap((turns) => [0, 1].map((axis) => [turns, axis] as const)))(
  'a HEIC is cut before %i turns against the clock and a mirror along axis %i',
  async (turns, axis) => {
    const file = await fixture('cut.heic');
    file[file.indexOf('irot') + 4] = turns;
    file[file.indexOf('imir') + 4] = axis;
    const { data, width, height } = meeting;
    const turned = await sharp(data, { raw: { width, height, channels: 4 } })
      .rotate((4 - turns) * 90)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { width: turned.info.width, height: turned.info.height, channels: 4 as const };
    const image = sharp(turned.data, { raw });
    const wanted = await (axis === 0 ? image.flip() : image.flop()).raw().toBuffer();
    const found = await pixelsOf(file);
    expect(largestDifference(found, { ...raw, data: wanted })).toBeLessThanOrEqual(12);
  },
);

test('limits on pixels hold for them', async () => {
  for (const name of ['premultiplied.avif', 'premultiplied.heic'])
    await expect(
      run(
        await fixture(name),
        { type: 'png' },
        { limits: { ...defaultLimits, MAX_INPUT_MEGAPIXELS: 0.0007 } },
      ),
    ).rejects.toMatchObject({ code: 'too_many_pixels' });
});

test('boxes that are cut off or bent give no internal error', async () => {
  const file = await fixture('premultiplied.avif');
  for (let at = 8; at < 300; at += 3) {
    const bent = Buffer.from(file);
    bent[at] = (bent[at] ?? 0) ^ 0xff;
    const results = await Promise.allSettled(
      [bent, file.subarray(0, at)].map((input) => run(input, { type: 'png' })),
    );
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason.status).toBeLessThan(500);
  }
});
