import { afterAll, expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { type Psd, psd, side } from './support/psd_by_hand.ts';

afterAll(async () => await isolated.close());

const modes = { grey: 1, rgb: 3, cmyk: 4, multichannel: 7, duotone: 8, lab: 9 };
type Mode = keyof typeof modes;

/** Planes of colour and what they show, as ImageMagick 6 and Pillow say. */
const colours: Readonly<Record<Mode, { planes: readonly number[]; shown: readonly number[] }>> = {
  grey: { planes: [0.4], shown: [102, 102, 102] },
  rgb: { planes: [0.8, 0.4, 0.2], shown: [204, 102, 51] },
  cmyk: { planes: [1, 1, 1, 1], shown: [255, 255, 255] },
  multichannel: { planes: [0.8, 0.4, 0.2], shown: [204, 102, 51] },
  duotone: { planes: [0.4], shown: [102, 102, 102] },
  lab: { planes: [0.5, 0.6, 0.4], shown: [142, 106, 163] },
};

/** How the same picture can be stored. */
const storages = [
  {},
  { packed: true },
  { large: true, packed: true },
  { layerCount: 1 },
  { layerCount: 1, large: true },
] as const satisfies readonly Partial<Psd>[];

async function pixel(given: Psd): Promise<readonly number[]> {
  const { data } = await run(psd(given), { type: 'png' }, { door: 'onthefly' });
  const { data: raw, info } = await sharp(data).raw().toBuffer({ resolveWithObject: true });
  const at = ((side / 2) * side + side / 2) * info.channels;
  return [...raw.subarray(at, at + info.channels)];
}

/** Grey is shown as one channel or as three. */
const near = (shown: readonly number[], wanted: readonly number[]): boolean =>
  shown.length === wanted.length && shown.every((value, at) => Math.abs(value - (wanted[at] ?? 0)) <= 3);

const rows = Object.entries(colours).flatMap(([mode, { planes, shown }]) =>
  [8, 16, 32].flatMap((bits) =>
    [0, 1, 2].map((more) => [mode as Mode, bits as Psd['bits'], more, planes, shown] as const),
  ),
);

test.each(rows)(
  '%s of %i bits with %i planes more is opaque and has its colours',
  async (mode, bits, more, planes, shown) => {
    const channels = [...planes, ...[0.5, 0.3].slice(0, more)];
    for (const storage of storages)
      expect([storage, near(await pixel({ mode: modes[mode], bits, channels, ...storage }), shown)]).toEqual([
        storage,
        true,
      ]);
  },
);

test.each([0, 1, 255, 256, 3000])('the merged picture is shown with %i layers', async (layerCount) => {
  for (const large of [false, true]) {
    const opaque: Psd = { mode: modes.rgb, bits: 8, channels: [0.8, 0.4, 0.2], layerCount, large };
    const clear: Psd = { ...opaque, channels: [0.9, 0.7, 0.6, 0.5], layerCount: -layerCount };
    expect(near(await pixel(opaque), [204, 102, 51])).toBe(true);
    // Merged colours lie over white.
    if (layerCount > 0) expect(near(await pixel(clear), [204, 102, 51, 128])).toBe(true);
  }
});

test.each([0, 1])('the opacity that layers leave stays, with %i planes more', async (more) => {
  const channels = [0.75, 0.5, 0.5, 0.5, 0.3].slice(0, 4 + more);
  for (const storage of [{}, { packed: true }, { large: true }])
    expect(
      near(await pixel({ mode: 3, bits: 8, channels, layerCount: -1, ...storage }), [128, 1, 1, 128]),
    ).toBe(true);
});

test('a count of layers below zero without a plane for it leaves the picture opaque', async () => {
  expect(await pixel({ mode: 3, bits: 8, channels: [0.8, 0.4, 0.2], layerCount: -1 })).toEqual([
    204, 102, 51,
  ]);
});
