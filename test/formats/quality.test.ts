import { afterAll, expect, test } from '@jest/globals';
import type { Output } from '../../engine/conversion.ts';
import { searchQuality } from '../../engine/encode/quality_search.ts';
import { type Grey, readLuma, ssim } from '../../engine/encode/ssim.ts';
import type { Encoded } from '../../engine/formats/format.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { seeded } from '../../local/kit/seeded.ts';
import { drawn, open, png, scenery } from '../engine/support/pictures.ts';
import { isolated, run } from './support/conversions.ts';

afterAll(async () => await isolated.close());

/** Pictures that compress well, badly, and in between. */
const pictures: Readonly<Record<string, () => Promise<Buffer>>> = {
  smooth: () => png(scenery(240, 160)),
  noisy: () => {
    const next = seeded(7);
    return png(
      drawn(240, 160, (x, y) => [x, y, 90].map((value) => Math.min(255, value + 60 * next())) as never),
    );
  },
  detailed: () =>
    png(
      drawn(
        240,
        160,
        (x, y) => [0, 1, 2].map((shift) => 127 + 120 * Math.sin((x * (y + shift * 40)) / 300)) as never,
      ),
    ),
};

const grey = (bytes: Buffer): Promise<Grey> => readLuma(sharp(bytes));

const cases = Object.keys(pictures).flatMap((name) =>
  ['jpeg', 'webp'].flatMap((type) =>
    [0.93, 0.95, 0.96, 0.97, 0.98, 0.99].map((similarity) => [name, type, similarity] as const),
  ),
);

test.each(cases)(
  'quality=auto of %s as %s comes within 0.005 of %d, or to the end of the scale',
  async (name, type, similarity) => {
    const input = (await pictures[name]?.()) ?? Buffer.alloc(0);
    const { data, info } = await run(input, { type, quality: -1, similarity }, { door: 'onthefly' });
    const reached = await ssim(await grey(input), await grey(data));
    // The lowest quality of easy pictures is better than asked, the highest of hard ones worse.
    const atTheEnd =
      (info.quality ?? 50) <= 2 ? reached > similarity : (info.quality ?? 50) >= 99 && reached < similarity;
    expect(Math.abs(reached - similarity) <= 0.005 || atTheEnd).toBe(true);
  },
);

test('quality=auto goes no lower than 30 for a flat drawing, and lower where a similarity is asked for', async () => {
  const flat = await png(drawn(200, 150, (x, y) => (x + y > 170 ? [200, 60, 90] : [40, 60, 200])));
  const qualityFor = async (more: object): Promise<number> =>
    (await run(flat, { type: 'avif', quality: -1, ...more }, { door: 'onthefly' })).info.quality ?? 0;
  expect(await qualityFor({})).toBeGreaterThanOrEqual(30);
  expect(await qualityFor({ similarity: 0.9 })).toBeLessThan(30);
});

const encodedAs = (bytes: number): Encoded => ({ data: Buffer.alloc(bytes), width: 1, height: 1, pages: 1 });
const output = (wanted: Partial<Output>): Output => ({ defaultQuality: 80, ...wanted }) as Output;

test.each([0.3, 0.5, 0.9, 0.999])('the search for %d takes at most six encodes', async (similarity) => {
  const tried: number[] = [];
  await searchQuality(
    async (quality) => {
      tried.push(quality);
      return { quality, encoded: encodedAs(quality), similarity: quality / 100 };
    },
    output({ autoQuality: true, similarity }),
  );
  expect(tried.length).toBeLessThanOrEqual(6);
  expect(new Set(tried).size).toBe(tried.length);
});

test('a limit of bytes wins over similarity, and is used', async () => {
  const { data } = await searchQuality(
    async (quality) => ({ quality, encoded: encodedAs(quality), similarity: quality / 100 }),
    output({ autoQuality: true, similarity: 0.9, maxBytes: 33 }),
  );
  expect(data.length).toBeLessThanOrEqual(33);
  expect(data.length).toBeGreaterThan(29);
});

test.each([
  ['jpeg', 9000],
  ['webp', 6000],
  ['avif', 5000],
])('maxbytes of %s holds, at the best quality that fits', async (type, maxbytes) => {
  const input = (await pictures.detailed?.()) ?? Buffer.alloc(0);
  const free = await run(input, { type });
  expect(free.data.length).toBeGreaterThan(maxbytes);
  const { data, info } = await run(input, { type, maxbytes });
  expect(data.length).toBeLessThanOrEqual(maxbytes);
  const better = await run(input, { type, quality: (info.quality ?? 0) + 6 });
  expect(better.data.length).toBeGreaterThan(maxbytes);
});

test('maxbytes leaves alone what is small enough', async () => {
  const input = await png(scenery(100, 80));
  expect((await run(input, { type: 'jpeg', maxbytes: 1e6 })).data).toEqual(
    (await run(input, { type: 'jpeg', quality: 80 })).data,
  );
});

test.each(['jpeg', 'png'])(
  'a limit of bytes that no quality reaches is refused for %s, with the bytes that were reached',
  async (type) => {
    const input = await png(scenery(200, 200));
    await expect(run(input, { type, maxbytes: 100 })).rejects.toMatchObject({
      code: 'output_too_large',
      message: expect.stringMatching(/^maxbytes: expected at most 100 bytes, got \d+$/),
    });
  },
);

test('similarity is 1 of a picture with itself, and falls as it is damaged', async () => {
  const picture = scenery(120, 90);
  const original = await grey(await png(picture));
  expect(await ssim(original, original)).toBe(1);
  const [slightly, badly] = await Promise.all(
    [1, 6].map(async (sigma) => grey(await open(picture).blur(sigma).png().toBuffer())),
  );
  const [high, low] = [await ssim(original, slightly as Grey), await ssim(original, badly as Grey)];
  expect(high).toBeLessThan(1);
  expect(low).toBeLessThan(high);
});
