import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Field, FieldTable } from '../../common/fields/field.ts';
import { effectFields } from '../../engine/effects/index.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { difference, oriented, png, type Raw, scenery } from './support/pictures.ts';
import { codeOf, run } from './support/run.ts';

const input = await oriented(scenery(120, 90), 6, 'jpeg');
const logo = await png(scenery(30, 20));
const fetchImage = () => Promise.resolve(logo);

test.each<[number, readonly string[]]>([
  [1, ['autorotate', 'fit width=64&height=64&norotation=true&stripmeta=true']],
  [1, ['autorotate', 'smartcrop width=64&height=64&norotation=true']],
  [1, ['convert type=png', 'convert type=webp', 'convert type=jpeg']],
  [1, ['resize width=60', 'rotate rotate=90', 'flip']],
  [1, ['crop width=60', 'resize width=30&type=webp']],
  [1, ['extract left=10&top=10&areawidth=60&areaheight=60', 'resize width=30']],
  [1, ['crop width=80', 'crop height=50', 'flop']],
  [1, ['fit width=60&height=60', 'fit width=30&height=30']],
  [1, ['fit width=60&height=60', 'watermark text=a', 'watermarkimage image=x']],
  [1, ['fit width=60&height=60', 'blur sigma=2', 'watermark text=a', 'convert type=jpeg&colorspace=bw']],
  [1, ['fit width=60&height=60', 'blur sigma=2', 'resize scale=1&sharpen=1', 'resize scale=1&gamma=2']],
  [1, ['resize width=60&sharpen=1', 'rotate rotate=90']],
  [2, ['resize width=60&sharpen=1', 'resize width=30']],
  [2, ['resize width=60&gamma=2', 'resize width=30']],
  [2, ['resize width=60&gamma=2', 'blur sigma=2']],
  [2, ['resize width=60&sharpen=1', 'flip sharpen=1']],
  [2, ['watermark text=a', 'rotate rotate=90']],
  [2, ['crop width=60&height=60', 'resize width=30']],
  [2, ['blur sigma=2', 'fit width=30&height=30']],
  [2, ['fit width=30&height=30', 'enlarge width=100&height=100']],
  [2, ['resize width=100&height=100', 'crop width=50&height=20&gravity=smart', 'convert type=png']],
])('%i pass over the pixels: %j', async (passes, steps) => {
  const { info } = await run(input, steps, { fetchImage });
  expect(info.passes).toBe(passes);
});

/** libvips shifts a picture by up to half a row when it stretches one side and shrinks the other. */
const side = fc.integer({ min: 24, max: 150 });
const sides = fc
  .record({ width: side, height: side }, { requiredKeys: [] })
  .filter(({ width, height }) => Boolean(width || height));
/** Numbers beyond which a picture this small would be one flat surface, or a level of rounding would show. */
const most: Readonly<Record<string, number>> = {
  sigma: 4,
  sharpen: 2,
  median: 5,
  pixelate: 12,
  padding: 20,
  radius: 40,
  brightness: 1.5,
  saturation: 2,
  lightness: 30,
  contrast: 2,
};
const colourText = fc.constantFrom('red', '#1e3264', 'f9cf9c', 'gold', 'white');
const listOf = (item: fc.Arbitrary<string>, [least, greatest]: readonly [number, number]) =>
  fc.array(item, { minLength: least, maxLength: greatest }).map((items) => items.join(','));

/** Any value of a field, by its table. */
function anyValue(name: string, field: Field): fc.Arbitrary<string> {
  const { kind, values, names = {}, min = 0, max = 1, count = [1, 1] } = field;
  const [low, high] = [Math.max(min, -(most[name] ?? Number.POSITIVE_INFINITY)), most[name] ?? max];
  const number =
    kind === 'float' ? fc.double({ min: low, max: high, noNaN: true }) : fc.integer({ min: low, max: high });
  if (kind === 'bool') return fc.constantFrom('true', 'false');
  if (kind === 'colour') return fc.constantFrom('1,2,3', 'red', '#fa8');
  if (kind === 'colours') return listOf(colourText, count);
  if (values) return fc.constantFrom(...values);
  const text = fc.oneof({ weight: 4, arbitrary: number.map(String) }, ...Object.keys(names).map(fc.constant));
  return kind === 'numbers' ? listOf(text, count) : text;
}
const effectFlags = Object.fromEntries(
  Object.entries(effectFields as FieldTable).map(([name, field]) => [name, anyValue(name, field)]),
);
const allFlags = fc.record({
  flip: fc.boolean(),
  flop: fc.boolean(),
  gravity: fc.constantFrom('north', 'south', 'east', 'west', 'centre'),
  extend: fc.constantFrom('white', 'black', 'copy', 'mirror', 'background'),
  rotate: fc.constantFrom(90, 180, 270),
  norotation: fc.boolean(),
  ...effectFlags,
});
/** Some of the flags: a few, or as many as there are. */
const flags = fc
  .tuple(allFlags, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), fc.nat(9))
  .map(([all, places, chance]) => {
    const entries = Object.entries(all);
    const few = places.map((place) => entries[place % entries.length] ?? ['flip', false]);
    return Object.fromEntries(chance === 0 ? entries : few);
  });
const both = fc.record({ width: side, height: side });
const area = fc.record({ left: side, top: side, areawidth: side, areaheight: side });
const own: Readonly<Record<string, fc.Arbitrary<object>>> = {
  resize: fc
    .tuple(sides, fc.record({ nocrop: fc.boolean() }, { requiredKeys: [] }))
    .map((all) => Object.assign({}, ...all)),
  crop: sides,
  thumbnail: sides,
  enlarge: both,
  fit: both,
  extract: area,
  zoom: fc.constant({ factor: 1 }),
  rotate: fc.record({ rotate: fc.constantFrom(90, 180, 270) }),
  flip: fc.constant({}),
  flop: fc.constant({}),
  autorotate: fc.constant({}),
  blur: fc.constant({ sigma: 1 }),
  watermark: fc.record({ text: fc.constantFrom('a', 'Hello'), opacity: fc.constantFrom(0.3, 1) }),
  watermarkimage: fc.record({ image: fc.constant('x'), left: side, top: side }),
};
const plainOr = <T extends object>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary });
const anyStep = fc.constantFrom(...Object.keys(own)).chain((name) =>
  fc.tuple(own[name] ?? fc.constant({}), plainOr(flags)).map(([must, may]) => {
    const query = new URLSearchParams(
      Object.entries({ ...may, ...must }).map(([key, value]): [string, string] => [key, `${value}`]),
    );
    return `${name} ${query}`;
  }),
);

async function rgb(data: Buffer): Promise<Raw> {
  const { data: pixels, info } = await sharp(data)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: pixels, width: info.width, height: info.height, channels: info.channels };
}

/** Each step a conversion of its own, handing on a PNG. */
async function stepByStep(steps: readonly string[]): Promise<{ data: Buffer; passes: number }> {
  let data = (await run(input, 'convert type=png&norotation=true')).data;
  let passes = 0;
  for (const step of steps) {
    const made = await run(data, step, { fetchImage });
    data = made.data;
    passes += made.info.passes;
  }
  return { data, passes };
}

test('merged passes give the same size and nearly the same pixels as the steps one by one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 2, maxLength: 4 }), async (steps) => {
      const merged = run(input, [...steps, 'convert type=png&norotation=true'], { fetchImage });
      const single = stepByStep(steps);
      const codes = await Promise.all([codeOf(merged), codeOf(single)]);
      expect(codes[0]).toBe(codes[1]);
      if (codes[0] !== 'none') return;
      const { data, info } = await merged;
      const [ours, theirs] = [await rgb(data), await rgb((await single).data)];
      expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height]);
      expect(info.passes).toBeLessThanOrEqual((await single).passes + 1);
      expect(difference(ours, theirs)).toBeLessThan(12);
    }),
    { numRuns: 100 },
  );
});

test('a step that may fail is left out, the others are done', async () => {
  const bad = { operation: 'extract', params: { areawidth: 5000, areaheight: 5000 }, ignoreFailure: true };
  const good = await run(input, 'resize width=40');
  for (const steps of [
    ['resize width=40', bad],
    [bad, 'resize width=40'],
  ]) {
    const { data } = await run(input, steps);
    expect(data).toEqual(good.data);
  }
  const whole = await run(input, [bad]);
  expect([whole.info.width, whole.info.height]).toEqual([120, 90]);
});

test('a watermark that cannot be fetched is left out where that is allowed', async () => {
  const gone = { operation: 'watermarkimage', params: { image: 'x' } };
  expect(await codeOf(run(input, [gone]))).toBe('remote_failed');
  const { info } = await run(input, [{ ...gone, ignoreFailure: true }]);
  expect([info.width, info.height]).toEqual([120, 90]);
});
