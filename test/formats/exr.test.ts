import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { type ExrChannel, exr, flat } from './support/exr_by_hand.ts';

afterAll(async () => await isolated.close());

const [width, height] = [24, 16];

/** sRGB's byte of linear light. */
const byte = (light: number): number =>
  Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));

async function pixels(file: Buffer) {
  const { data } = await run(file, { type: 'png' }, { door: 'onthefly' });
  const { data: raw, info } = await sharp(data)
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return (x: number, y: number): readonly number[] => {
    const at = (y * info.width + x) * info.channels;
    return [...raw.subarray(at, at + info.channels)];
  };
}

const places = [0, 1, 7, 15, 23].flatMap((x) => [0, 1, 6, 15].map((y) => [x, y] as const));

/** The largest difference from red, green and blue that were computed. */
async function farthest(file: Buffer, wanted: (x: number, y: number) => readonly number[]): Promise<number> {
  const shown = await pixels(file);
  const differences = places.flatMap(([x, y]) => {
    const pixel = shown(x, y);
    return wanted(x, y).map((light, channel) => Math.abs(byte(light) - (pixel[channel] ?? Number.NaN)));
  });
  return Math.max(...differences);
}

/** B44 is lossy. */
const losses = { zip: 1, rle: 1, piz: 1, pxr24: 1, b44: 4, b44a: 4 };

test.each(Object.entries(losses))('%s of the OpenEXR library shows its colours', async (name, loss) => {
  const file = await readFile(new URL(`./fixtures/${name}.exr`, import.meta.url));
  expect(await farthest(file, (x, y) => [x / width, y / height, 0.25])).toBeLessThanOrEqual(loss);
});

const [r, g, b, a] = [flat('R', 0.5), flat('G', 0.2), flat('B', 0.1), flat('A', 0.6)];
const [low, middle, high, clear] = [byte(0.1), byte(0.2), byte(0.5), 153];
const distance = flat('Z', 1000);

const sets: Readonly<Record<string, { channels: readonly ExrChannel[]; shown: readonly number[] }>> = {
  'red, green and blue': { channels: [r, g, b], shown: [high, middle, low] },
  'colours and opacity': { channels: [r, g, b, a], shown: [high, middle, low, clear] },
  'green alone': { channels: [g], shown: [0, middle, 0] },
  'red and green': { channels: [r, g], shown: [high, middle, 0] },
  'opacity alone': { channels: [a], shown: [0, 0, 0, clear] },
  'luminance alone': { channels: [flat('Y', 0.2)], shown: [middle, middle, middle] },
  'luminance and opacity': { channels: [flat('Y', 0.2), a], shown: [middle, middle, middle, clear] },
  'colours and what renderers add': {
    channels: [r, g, b, distance, flat('AO', 0.9), flat('Roughness', 0.9), flat('albedo.R', 0.9)],
    shown: [high, middle, low],
  },
  'a layer': {
    channels: [flat('left.R', 0.5), flat('left.G', 0.2), flat('left.B', 0.1)],
    shown: [high, middle, low],
  },
  'values over one and below zero': {
    channels: [flat('R', 7), flat('G', -1), flat('B', 0.1)],
    shown: [255, 0, low],
  },
};

test.each(Object.entries(sets))(
  '%s: missing colours are black, missing opacity is opaque',
  async (_, { channels, shown }) => {
    const pixel = await pixels(exr(channels, width, height));
    expect(pixel(5, 5)).toEqual(shown);
  },
);

test('a file without colours is refused by the names of its channels', async () => {
  await expect(run(exr([distance], width, height), { type: 'png' })).rejects.toMatchObject({
    code: 'corrupt_image',
    message: expect.stringContaining('got Z'),
  });
});

test('luminance and chroma of every second pixel become red, green and blue', async () => {
  const colours = (x: number, y: number): readonly [number, number, number] => [
    0.1 + x / 60,
    0.1 + y / 60,
    0.3,
  ];
  const luminance = (x: number, y: number): number => {
    const [red, green, blue] = colours(x, y);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const file = exr(
    [
      { name: 'Y', value: luminance },
      { name: 'RY', every: 2, value: (x, y) => colours(x, y)[0] / luminance(x, y) - 1 },
      { name: 'BY', every: 2, value: (x, y) => colours(x, y)[2] / luminance(x, y) - 1 },
    ],
    width,
    height,
  );
  expect(await farthest(file, colours)).toBeLessThanOrEqual(8);
});

test.each([0.3, 0.7, 0.99])('a file of which only %d is there is refused', async (share) => {
  const file = exr([r, g, b], width, height);
  await expect(run(file.subarray(0, file.length * share), { type: 'png' })).rejects.toMatchObject({
    code: 'corrupt_image',
  });
});
