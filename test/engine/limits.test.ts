import { expect, test } from '@jest/globals';
import type { Limits } from '../../engine/limits.ts';
import { defaultLimits, limitFields } from '../../engine/limits.ts';
import {
  animation,
  blue,
  decoded,
  difference,
  drawn,
  flat,
  green,
  pixelAt,
  png,
  red,
  scenery,
} from './support/pictures.ts';
import { codeOf, run } from './support/run.ts';

const svg = (bytes: number): Buffer => {
  const start = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><!--';
  return Buffer.from(`${start.padEnd(bytes - 9, ' ')}--></svg>`);
};

type Size = readonly [width: number, height: number];

/** What is measured, by how much of it there is; the limit as it is set; the code when there is one too many. */
interface Row {
  readonly what: string;
  readonly limits: (limit: number) => Partial<Limits>;
  readonly step: (amount: number) => string;
  readonly input: (amount: number) => Promise<Buffer>;
  readonly limit: number;
  readonly code: string;
}
const rows: readonly Row[] = [
  {
    what: 'pixels of an input',
    limits: (limit) => ({ MAX_INPUT_MEGAPIXELS: limit / 1e6 }),
    step: () => 'resize width=3',
    input: (amount) => flat(amount, 1),
    limit: 500,
    code: 'too_many_pixels',
  },
  {
    what: 'pixels of an output',
    limits: (limit) => ({ MAX_OUTPUT_MEGAPIXELS: limit / 1e6 }),
    step: (amount) => `resize force=true&height=1&width=${amount}`,
    input: () => flat(9, 9),
    limit: 500,
    code: 'output_too_large',
  },
  {
    what: 'width of an output',
    limits: (limit) => ({ MAX_OUTPUT_SIDE: limit }),
    step: (amount) => `resize force=true&height=1&width=${amount}`,
    input: () => flat(9, 9),
    limit: 500,
    code: 'output_too_large',
  },
  {
    what: 'height of an output',
    limits: (limit) => ({ MAX_OUTPUT_SIDE: limit }),
    step: (amount) => `enlarge height=${amount}&width=2`,
    input: () => flat(9, 9),
    limit: 500,
    code: 'output_too_large',
  },
  {
    what: 'padding',
    limits: (limit) => ({ MAX_OUTPUT_SIDE: limit }),
    step: (amount) => `resize height=5&width=${amount}`,
    input: () => flat(9, 9),
    limit: 500,
    code: 'output_too_large',
  },
  {
    what: 'side of an extracted area, whatever the limits',
    limits: () => ({ MAX_OUTPUT_SIDE: 20_000 }),
    step: (amount) => `extract width=16500&height=1&areawidth=${amount}&areaheight=1`,
    input: () => flat(9, 9),
    limit: 16_383,
    code: 'invalid_param',
  },
  {
    what: 'bytes of an SVG',
    limits: (limit) => ({ MAX_SVG_BYTES: limit }),
    step: () => 'convert type=png',
    input: async (amount) => svg(amount),
    limit: 500,
    code: 'too_large',
  },
];

test.each(rows.map((row) => [row.what, row] as const))(
  '%s: one below, at, and one above',
  async (_what, row) => {
    const limits = row.limits(row.limit);
    const codes = [-1, 0, 1].map(async (more) => {
      const input = await row.input(row.limit + more);
      return await codeOf(run(input, row.step(row.limit + more), { limits }));
    });
    expect(await Promise.all(codes)).toEqual(['none', 'none', row.code]);
  },
);

test.each([
  ['jpeg', 65_500],
  ['webp', 16_383],
  ['avif', 16_384],
  ['gif', 65_535],
  ['hdr', 32_767],
  ['psd', 30_000],
  ['sgi', 65_535],
  ['tga', 65_535],
])('where the settings allow more, a side of %s has at most %i pixels', async (type, most) => {
  const codeFor = async (side: number): Promise<string> =>
    await codeOf(
      run(await flat(9, 9), `resize force=true&height=2&width=${side}&type=${type}`, {
        limits: { MAX_OUTPUT_SIDE: 100_000 },
      }),
    );
  expect([await codeFor(most), await codeFor(most + 1)]).toEqual(['none', 'output_too_large']);
});

test.each([
  [2, 2, 1],
  [3, 3, undefined],
  [4, 3, undefined],
])('of three frames, %i allowed, %i are kept and %p are told as left out', async (MAX_FRAMES, kept, out) => {
  const { info } = await run(await animation('gif', [red, green, blue]), 'resize width=9', {
    limits: { MAX_FRAMES },
  });
  expect([info.pages, info.framesLeftOut]).toEqual([kept, out]);
});

const longOne = () =>
  animation(
    'gif',
    Array.from({ length: 120 }, (_, index) => (index % 2 ? red : blue)),
    { width: 10, height: 10 },
  );

test.each<[Partial<Limits>, string, string | readonly [number, number | undefined]]>([
  [{}, 'flip', [120, undefined]],
  [{ MAX_INPUT_MEGAPIXELS: 0.0115 }, 'flip', [115, 5]],
  [{ MAX_INPUT_MEGAPIXELS: 0.0099 }, 'flip', 'too_many_pixels'],
  [{ MAX_OUTPUT_MEGAPIXELS: 0.0115 }, 'flip', [115, 5]],
  [{ MAX_OUTPUT_MEGAPIXELS: 0.0115 }, 'flip pages=110', [110, undefined]],
  [{ MAX_OUTPUT_MEGAPIXELS: 0.0115 }, 'enlarge width=20&height=20', 'output_too_large'],
  [{ MAX_OUTPUT_MEGAPIXELS: 0.042 }, 'enlarge width=20&height=20', [105, 15]],
])('of 120 frames of 10x10 with %j and %s: %j', async (limits, step, outcome) => {
  const input = await longOne();
  if (typeof outcome === 'string') return expect(await codeOf(run(input, step, { limits }))).toBe(outcome);
  const { info } = await run(input, step, { limits });
  expect([info.pages, info.framesLeftOut]).toEqual(outcome);
});

test('frames count as pixels, of inputs and of outputs', async () => {
  const input = await animation('gif', [red, green, blue], { width: 10, height: 10 });
  const code = (limits: Partial<Limits>, step = 'flip') => codeOf(run(input, step, { limits }));
  expect(await code({ MAX_INPUT_MEGAPIXELS: 0.0003 })).toBe('none');
  expect(await code({ MAX_INPUT_MEGAPIXELS: 0.000299 })).toBe('too_many_pixels');
  expect(await code({ MAX_OUTPUT_MEGAPIXELS: 0.0003 })).toBe('none');
  expect(await code({ MAX_OUTPUT_MEGAPIXELS: 0.000299 })).toBe('output_too_large');
});

test.each([
  'zoom factor=100000',
  'enlarge width=100000&height=10',
  'thumbnail width=99999999999',
  'zoom factor=1e300',
])('%s is over the default limits, even on the way to something small', async (step) => {
  const input = await flat(160, 120);
  expect(await codeOf(run(input, step))).toBe('output_too_large');
  expect(await codeOf(run(input, [step, 'resize width=10']))).toBe('output_too_large');
});

test('a step over the limits is left out where it may fail', async () => {
  const huge = { operation: 'zoom', params: { factor: 1000 }, ignoreFailure: true };
  const { info } = await run(await flat(160, 120), [huge, 'resize width=80']);
  expect([info.width, info.height]).toEqual([80, 60]);
});

/** What a step asks of a picture, the limits, and how it ends. */
const outputs: readonly (readonly [string, Size, Partial<Limits>, string | readonly string[], string])[] = [
  ['a tall screenshot', [108, 1500], { MAX_OUTPUT_SIDE: 1638 }, 'crop width=120&height=120', '120x120'],
  ['a tall screenshot', [108, 1500], { MAX_OUTPUT_SIDE: 1638 }, 'smartcrop width=120&height=120', '120x120'],
  ['a tall screenshot', [108, 1500], { MAX_OUTPUT_SIDE: 1638 }, 'enlarge width=120&height=120', '120x120'],
  ['a line', [3000, 1], {}, 'crop width=10&height=10', '10x10'],
  ['a line', [3000, 1], {}, 'smartcrop width=10&height=10', '10x10'],
  ['a line', [3000, 1], {}, 'smartcrop width=400&height=400', '400x400'],
  ['a line', [1, 15_000], {}, 'crop width=1200&height=1200', '1200x1200'],
  ['a line', [1, 15_000], {}, 'smartcrop width=1200&height=1200', '1200x1200'],
  ['a line', [1, 15_000], {}, 'crop width=300&height=200&rotate=90&gravity=north', '300x200'],
  ['a line', [1, 15_000], {}, 'crop width=5000&height=5000', '5000x5000'],
  ['a line', [1, 15_000], {}, 'crop width=5000&height=5001&rotate=90', '5000x5001'],
  ['a line', [1, 15_000], {}, 'resize width=300&height=200&nocrop=false', '300x200'],
  ['zoom', [160, 120], {}, 'zoom factor=999&left=9000&top=5000&areawidth=40&areaheight=30', '40x30'],
  ['zoom', [160, 120], {}, 'zoom factor=99999&left=9&top=5&areawidth=40&areaheight=30', '40x30'],
  [
    'a large picture',
    [200, 100],
    { MAX_OUTPUT_SIDE: 150 },
    ['autorotate', 'fit width=50&height=50'],
    '50x25',
  ],
  [
    'a large picture',
    [200, 100],
    { MAX_OUTPUT_MEGAPIXELS: 0.01 },
    ['convert type=png', 'fit width=50&height=50'],
    '50x25',
  ],
  ['a large picture', [200, 100], { MAX_OUTPUT_SIDE: 150 }, ['flip', 'crop width=150&height=20'], '150x20'],
  [
    'a large picture',
    [200, 100],
    { MAX_OUTPUT_SIDE: 150 },
    ['flip', 'crop width=151&height=20'],
    'output_too_large',
  ],
  ['a large picture', [200, 100], { MAX_OUTPUT_SIDE: 150 }, ['autorotate'], 'output_too_large'],
  [
    'a large picture',
    [200, 100],
    { MAX_OUTPUT_SIDE: 150 },
    ['watermark text=a', 'fit width=50&height=50'],
    '50x25',
  ],
  [
    'pixels held',
    [200, 100],
    { MAX_OUTPUT_MEGAPIXELS: 0.02 },
    ['watermark text=a', 'fit width=50&height=50'],
    '50x25',
  ],
  [
    'pixels held',
    [200, 100],
    { MAX_OUTPUT_MEGAPIXELS: 0.019_99 },
    ['watermark text=a', 'fit width=50&height=50'],
    'output_too_large',
  ],
];

test.each(outputs.flatMap((row) => (['onthefly', 'inline'] as const).map((door) => [door, ...row] as const)))(
  '%s: %s of %j with %j through %j: %s',
  async (door, _what, [width, height], limits, steps, outcome) => {
    const work = run(await flat(width, height), steps, { limits, door });
    const code = await codeOf(work);
    const { info } = code === 'none' ? await work : { info: { width: 0, height: 0 } };
    expect(code === 'none' ? `${info.width}x${info.height}` : code).toBe(outcome);
  },
);

test.each([
  ['crop width=300&height=200&gravity=north', {}],
  ['crop width=300&height=200&gravity=south', {}],
  ['crop width=300&height=200', {}],
  ['crop width=300&height=200&rotate=90', {}],
  ['crop width=300&height=200&rotate=270&flip=true&gravity=east', {}],
  ['crop width=200&height=300&gravity=west&background=white&sigma=1', {}],
])('%s shows the same whether or not all of the resize may be held', async (step) => {
  const input = await png(scenery(40, 200));
  const [bounded, free] = await Promise.all([
    run(input, step, { limits: { MAX_OUTPUT_MEGAPIXELS: 0.06 } }),
    run(input, step),
  ]);
  expect(difference(await decoded(bounded.data), await decoded(free.data))).toBeLessThan(0.5);
});

test('a line that is enlarged a thousandfold shows its middle', async () => {
  const line = drawn(1, 15_000, (_x, y) => [Math.floor(y / 100), 255 - Math.floor(y / 100), 0]);
  const { data } = await run(await png(line), 'crop width=5000&height=5000');
  const [r = 0, g = 0] = pixelAt(await decoded(data), 2500, 2500);
  expect([Math.abs(r - 75) < 2, Math.abs(g - 180) < 2]).toEqual([true, true]);
});

test('the defaults are those that are documented', () => {
  for (const [name, field] of Object.entries(limitFields)) {
    expect([name, defaultLimits[name as keyof Limits]]).toEqual([name, field.default]);
  }
});
