import { expect, test } from '@jest/globals';
import { effects } from '../../engine/effects/index.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { animation, blue, decoded, green, pixelAt, png, quad, red, white } from './support/pictures.ts';
import { run } from './support/run.ts';

const colours = [red, green, blue, red];
const delay = [100, 150, 200, 250];
const formats = ['gif', 'webp'] as const;

const steps: readonly (readonly [readonly string[], number, number])[] = [
  [['resize width=20'], 20, 15],
  [['resize width=60&height=60&force=true'], 60, 60],
  [['resize width=30&height=30&extend=white'], 30, 30],
  [['resize width=30&height=30&extend=copy'], 30, 30],
  [['crop width=20&height=20'], 20, 20],
  [['crop width=16'], 16, 30],
  [['smartcrop width=20&height=20'], 20, 20],
  [['extract top=5&left=5&areawidth=10&areaheight=12'], 10, 12],
  [['extract width=20&top=5&left=5&areawidth=10&areaheight=8'], 10, 8],
  [['rotate rotate=90'], 30, 40],
  [['rotate rotate=180&width=20'], 20, 15],
  [['flip'], 40, 30],
  [['flop'], 40, 30],
  [['autorotate'], 40, 30],
  [['zoom factor=1'], 80, 60],
  [['fit width=20&height=20'], 20, 15],
  [['thumbnail height=15'], 20, 15],
  [['enlarge width=50&height=50'], 50, 50],
  [['blur sigma=1'], 40, 30],
  [['watermark text=a&opacity=0.01'], 40, 30],
  [['watermarkimage image=x&opacity=0.01'], 40, 30],
  [['zoom factor=1', 'resize width=20', 'rotate rotate=90'], 15, 20],
];
const cases = formats.flatMap((from) => steps.map(([step, ...size]) => [from, step, size] as const));

test.each(cases)('%s through %j keeps frames, delays and loop', async (from, step, [width, height]) => {
  const fetchImage = () => png(quad(8, 8));
  const { data, info, format } = await run(await animation(from, colours), step, { fetchImage });
  expect([format.name, info.width, info.height, info.pages]).toEqual([from, width, height, 4]);
  const found = await sharp(data, { animated: true }).metadata();
  expect([found.width, found.pageHeight, found.pages, found.delay, found.loop]).toEqual([
    width,
    height,
    4,
    delay,
    3,
  ]);
  const raw = await decoded(data);
  for (const [index, colour] of colours.entries()) {
    pixelAt(raw, 7, index * height + 7)
      .slice(0, 3)
      .forEach((value, channel) => {
        expect(Math.abs(value - (colour[channel] ?? 0))).toBeLessThan(12);
      });
  }
});

test.each(formats.flatMap((from) => formats.map((to) => [from, to] as const)))(
  'an animated %s becomes an animated %s',
  async (from, to) => {
    const { data } = await run(await animation(from, colours), `convert type=${to}`);
    const found = await sharp(data, { animated: true }).metadata();
    expect([found.pages, found.delay, found.loop]).toEqual([4, delay, 3]);
  },
);

test.each(['jpeg', 'png', 'tiff', 'avif'])('as %s an animation is its first frame', async (type) => {
  const { data, info } = await run(await animation('gif', colours), `convert type=${type}`);
  expect([info.width, info.height, info.pages]).toEqual([40, 30, 1]);
  expect((pixelAt(await decoded(data), 5, 5)[0] ?? 0) > 240).toBe(true);
});

test.each([
  ['page=1', 3, green],
  ['page=1&pages=2', 2, green],
  ['pages=1', 1, red],
  ['page=3', 1, red],
])('%s reads %i frames', async (query, pages, first) => {
  const { data, info } = await run(
    await animation('gif', colours),
    `convert type=webp&lossless=true&${query}`,
  );
  expect(info.pages).toBe(pages);
  expect(pixelAt(await decoded(data), 5, 5).slice(0, 3)).toEqual(first);
  const found = await sharp(data, { animated: true }).metadata();
  if (pages > 1) expect(found.delay).toEqual(delay.slice(1, 1 + pages));
});

const colourOf = (data: Buffer): Promise<Buffer> =>
  sharp(data, { animated: true }).removeAlpha().toColourspace('srgb').raw().toBuffer();

/** The parameters of every effect, as its example has them. */
const effectRows = Object.entries(effects).flatMap(([name, { fields, example }]) => {
  const own = [...new URLSearchParams(example?.query)].filter(([field]) => field in fields);
  return own.length > 0 ? [[name, `${new URLSearchParams(own)}`] as const] : [];
});

test.each([
  ...effectRows.map(([name, query]) => [name, `resize scale=1&${query}`] as const),
  ['overlays', 'watermark text=a&opacity=1&margin=3&textwidth=20'],
])('frames do not mix through %s', async (_name, step) => {
  // Neighbouring frames differ, whatever is done to them: WebP would join equal ones.
  const input = await animation('webp', [red, green, blue, white]);
  const { data } = await run(input, `${step}&type=webp&lossless=true`);
  const together = await colourOf(data);
  for (const index of colours.keys()) {
    const alone = await colourOf((await run(input, `${step}&type=png&page=${index}&pages=1`)).data);
    const part = together.subarray(index * alone.length, (index + 1) * alone.length);
    expect(part.equals(alone)).toBe(true);
  }
});
