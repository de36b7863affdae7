import { expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import { pixelAt } from './support/pictures.ts';
import { iccProfile, type ProfileName, primaries, withProfile } from './support/profiles.ts';
import { run } from './support/run.ts';

const [width, height] = [60, 40];
const wanted = { r: 200, g: 60, b: 60 } as const;
const photo = (channels: 3 | 4) =>
  sharp({ create: { width, height, channels, background: { r: 90, g: 140, b: 70, alpha: 0 } } });

/** Pictures that keep or carry a profile: eight and sixteen bits, grey, with and without opacity. */
const pictures: Readonly<Record<string, (name: ProfileName) => Promise<Buffer>>> = {
  'eight bits': async (name) =>
    withProfile(await (name === 'grey' ? photo(3).toColourspace('b-w') : photo(3)).png().toBuffer(), name),
  'eight bits and opacity': async (name) =>
    withProfile(await (name === 'grey' ? photo(4).toColourspace('b-w') : photo(4)).png().toBuffer(), name),
  'sixteen bits': async (name) =>
    withProfile(
      await photo(3)
        .toColourspace(name === 'grey' ? 'grey16' : 'rgb16')
        .png()
        .toBuffer(),
      name,
    ),
};
const flat = sharp({ create: { width: 30, height: 20, channels: 3, background: wanted } });
const logo = async () => await flat.clone().png().toBuffer();

/** What draws the colour, where it shows, and on which pictures it does. */
const works: readonly (readonly [step: string, at: readonly [number, number], opacity?: boolean])[] = [
  ['watermarkimage image=x', [10, 10]],
  [
    'watermark text=%E2%96%88%E2%96%88&font=sans+40&color=200,60,60&opacity=1&noreplicate=true&left=1&top=1',
    [30, 20],
  ],
  ['resize width=60&height=80&extend=background&background=200,60,60', [30, 5]],
  ['resize scale=1&background=200,60,60', [10, 10], true],
  ['resize scale=1&duotone=c83c3c,c83c3c', [10, 10], false],
  ['resize scale=1&padding=9&background=200,60,60', [3, 3]],
];
/** Each meets every work, every mode and every order of steps. */
const doors = ['onthefly', 'inline'] as const;
const modes = ['', '&noprofile=true', '&stripmeta=true', '&depth=keep', '&depth=keep&stripmeta=true'];

/** The picture as colour management shows it; sharp takes sixteen bits for Display P3 unless told otherwise. */
async function shown(data: Buffer, [x, y]: readonly [number, number]): Promise<readonly number[]> {
  const { hasProfile, depth } = await sharp(data).metadata();
  const plain = sharp(data).toColourspace('srgb').removeAlpha();
  const image = hasProfile && depth === 'ushort' ? plain.withIccProfile('srgb') : plain;
  const { data: pixels, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return pixelAt({ data: pixels, width: info.width, height: info.height, channels: 3 }, x, y);
}
const off = (found: readonly number[]): number =>
  Math.max(
    ...[wanted.r, wanted.g, wanted.b].map((level, channel) => Math.abs((found[channel] ?? 999) - level)),
  );

const names = Object.keys(primaries) as ProfileName[];
const rows = names.flatMap((name) => Object.keys(pictures).map((kind) => [name, kind] as const));

test.each(rows)('what is drawn on a picture of %s, %s, keeps its colour', async (name, kind) => {
  const input = (await pictures[kind]?.(name)) ?? Buffer.alloc(0);
  const mark = await logo();
  const wrong: string[] = [];
  for (const [row, [step, at, opacity]] of works.entries()) {
    if (opacity !== undefined && opacity !== (kind === 'eight bits and opacity')) continue;
    for (const [column, mode] of modes.entries()) {
      const drawing = `${step}${mode}`;
      const turn = doors[(row + column) % 2];
      const other = doors[(row + column + 1) % 2];
      for (const [door, steps] of [
        ['onthefly', [drawing]],
        ['inline', [drawing]],
        [turn, ['blur sigma=0.4', drawing]],
        [other, [drawing, 'blur sigma=0.5']],
      ] as const) {
        const options = { fetchImage: async () => mark, ...(door ? { door } : {}) };
        const { data } = await run(input, [...steps, 'convert type=png'], options);
        const found = await shown(data, at);
        if (off(found) > 3) wrong.push(`${door}: ${steps.join(' | ')}: ${found}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test.each(names.filter((name) => name !== 'grey'))(
  'a logo of %s keeps the colours that its profile means',
  async (own) => {
    for (const name of names.filter((one) => one !== 'grey')) {
      const device = await flat.clone().png().toBuffer();
      const input = withProfile(await photo(3).png().toBuffer(), name);
      const mark = withProfile(device, own);
      const { data } = await run(input, ['watermarkimage image=x', 'convert type=png'], {
        fetchImage: async () => mark,
      });
      const [found, expected] = [await shown(data, [10, 10]), await shown(mark, [10, 10])];
      expect(found.map((level, channel) => Math.abs(level - (expected[channel] ?? 0)) <= 3)).toEqual([
        true,
        true,
        true,
      ]);
    }
  },
);

test.each(rows)(
  'the background of a picture of %s, %s, shows outside of round corners',
  async (name, kind) => {
    const input = (await pictures[kind]?.(name)) ?? Buffer.alloc(0);
    const wrong: string[] = [];
    for (const door of ['onthefly', 'inline'] as const)
      for (const mode of ['', '&noprofile=true', '&depth=keep', '&sharpen=1', '&negate=true']) {
        const step = `convert type=jpeg&quality=95&radius=max&background=200,60,60${mode}`;
        const found = await shown((await run(input, step, { door })).data, [0, 0]);
        if (off(found) > 12) wrong.push(`${door}${mode}: ${found}`);
      }
    expect(wrong).toEqual([]);
  },
);

test('on grey without a profile, colours stay colours', async () => {
  for (const space of ['b-w', 'grey16']) {
    const input = await photo(4).toColourspace(space).png().toBuffer();
    for (const [step, at, opacity = true] of works) {
      if (!opacity) continue;
      for (const steps of [[step], ['blur sigma=1&colorspace=bw', step]]) {
        const { data } = await run(input, [...steps, 'convert type=png'], { fetchImage: logo });
        expect([steps, off(await shown(data, at)) <= 3]).toEqual([steps, true]);
      }
    }
  }
});

test('a kept profile stays whole, whatever is done to sixteen bits', async () => {
  for (const name of names.filter((one) => one !== 'grey')) {
    const input = (await pictures['sixteen bits']?.(name)) ?? Buffer.alloc(0);
    for (const step of [
      'flip norotation=true',
      'blur sigma=2',
      'rotate rotate=90',
      'resize width=20',
      'watermark text=a',
    ]) {
      for (const mode of ['', '&depth=keep']) {
        const { data } = await run(input, `${step}${mode}`);
        expect((await sharp(data).metadata()).icc).toEqual(iccProfile(primaries[name]));
      }
    }
  }
});

test.each(names)('sixteen bits of %s are the same colour stripped or kept', async (name) => {
  const make = pictures['sixteen bits'];
  const input = (await make?.(name)) ?? Buffer.alloc(0);
  const eight = (await pictures['eight bits']?.(name)) ?? Buffer.alloc(0);
  const expected = await shown(eight, [5, 5]);
  for (const query of modes) {
    for (const door of ['onthefly', 'inline'] as const) {
      const { data } = await run(input, `convert type=png${query}`, { door });
      const found = await shown(data, [5, 5]);
      expect([query, found.map((level, channel) => Math.abs(level - (expected[channel] ?? 0)) <= 3)]).toEqual(
        [query, [true, true, true]],
      );
    }
  }
});
