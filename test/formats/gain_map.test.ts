import { afterAll, expect, test } from '@jest/globals';
import { type Sharp, sharp } from '../../engine/native/sharp.ts';
import type { Params } from '../../engine/params.ts';
import { isolated, run } from './support/conversions.ts';

afterAll(async () => await isolated.close());

const size = { width: 160, height: 120 };

/** A JPEG with a gain map (ISO 21496-1), made by libvips: the left half is brighter than white. */
async function ultraHdr(): Promise<Buffer> {
  const light = Float32Array.from({ length: size.width * size.height * 3 }, (_, at) =>
    Math.floor(at / 3) % size.width < size.width / 2 ? 90_000 : 15_000,
  );
  const image = sharp(light, { raw: { ...size, channels: 3 } }).toColourspace('scrgb');
  return await (image as unknown as { withGainMap(): Sharp }).withGainMap().jpeg({ quality: 90 }).toBuffer();
}

interface Map {
  readonly width: number;
  readonly height: number;
  /** The brightness of its upper left and lower right corner. */
  readonly ends: readonly [number, number];
}

async function mapOf(jpeg: Buffer): Promise<Map | undefined> {
  const { gainMap } = await sharp(jpeg).metadata();
  if (gainMap === undefined) return undefined;
  const { data, info } = await sharp(gainMap.image)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, ends: [data[0] ?? 0, data.at(-1) ?? 0] };
}

test.each([
  [{}, 160, 120],
  [{ width: 80 }, 80, 60],
  [{ width: 60, height: 120, force: true }, 60, 120],
  [{ stripmeta: true }, 160, 120],
])('a gain map follows %j', async (params: Params, width, height) => {
  const { data, info } = await run(await ultraHdr(), { type: 'jpeg', ...params });
  expect(info).toMatchObject({ width, height });
  const map = await mapOf(data);
  expect((map?.width ?? 0) / (map?.height ?? 1)).toBeCloseTo(width / height, 1);
  const [left, right] = map?.ends ?? [0, 0];
  expect(left).toBeGreaterThan(right + 30);
});

test.each([
  { type: 'jpeg', sigma: 2 },
  { type: 'jpeg', rotate: 90 },
  { type: 'jpeg', flop: true },
  { type: 'jpeg', colorspace: 'bw' },
  { type: 'jpeg', width: 80, height: 80, embed: true },
  { type: 'png' },
  { type: 'webp' },
] as const)('a gain map is dropped cleanly for %j', async (params) => {
  const { data } = await run(await ultraHdr(), params);
  const { gainMap, format } = await sharp(data).metadata();
  expect({ gainMap, format }).toEqual({ gainMap: undefined, format: params.type });
  expect(data.includes('hdrgm') || data.includes('21496')).toBe(false);
});
