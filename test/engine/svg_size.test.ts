import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decoded, pixelAt } from './support/pictures.ts';
import { run } from './support/run.ts';

const halves =
  '<rect width="50" height="100" fill="#f00"/><rect x="50" width="50" height="100" fill="#00f"/>';
const svg = (attributes: string, inside = halves): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>`);

const circle = svg('', '<circle cx="50" cy="50" r="40" fill="#f00"/>');
const box = 'viewBox="0 0 100 100"';

/** What drawings are by their own measure, as rsvg-convert has it at 96 dots an inch. */
const sizes: readonly (readonly [string, Buffer, readonly [number, number]])[] = [
  ['no size', svg(''), [100, 100]],
  ['no size and nothing near the corner', circle, [80, 80]],
  ['no size and ink left of the corner', svg('', '<circle r="40" fill="#f00"/>'), [80, 80]],
  ['no size and millimetres', svg('', '<rect width="50mm" height="25mm" fill="#f00"/>'), [189, 94]],
  ['percentages', svg('width="100%" height="100%"'), [100, 100]],
  ['percentages of a viewBox', svg(`width="50%" height="50%" ${box}`), [100, 100]],
  ['a viewBox', svg('viewBox="0 0 100 50"'), [100, 50]],
  ['a tiny viewBox', svg('viewBox="0 0 1.5 1"'), [2, 1]],
  ['millimetres', svg(`width="50mm" height="50mm" ${box}`), [189, 189]],
  ['centimetres and inches', svg('width="1in" height="1cm"'), [96, 38]],
  ['points and picas', svg('width="62pt" height="10pc"'), [83, 160]],
  ['em', svg(`width="10em" height="5em" ${box}`), [120, 60]],
  ['em of its own font', svg(`width="10em" height="5em" font-size="20" ${box}`), [200, 100]],
  ['ex', svg(`width="10ex" height="5ex" ${box}`), [60, 30]],
  ['a width and a viewBox', svg('width="200" viewBox="0 0 100 50"'), [200, 100]],
  ['a height and a viewBox', svg('height="200" viewBox="0 0 100 50"'), [400, 200]],
  ['a height and a width in percent', svg(`width="50%" height="50" ${box}`), [50, 50]],
  ['sides in its style', svg(`style="width:30px;height:40px" ${box}`), [30, 40]],
  ['words for sides', svg('width="auto" height="auto" viewBox="0 0 100 50"'), [100, 50]],
  ['commas in its viewBox', svg('viewBox=" 0,0 , 100 50 "'), [100, 50]],
  ['a side below 0', svg(`width="-5" height="50" ${box}`), [50, 50]],
  ['fractions', svg('width="100.4" height="50.4"'), [100, 50]],
];

test.each(sizes)('a drawing with %s has its own size', async (_, input, size) => {
  const { info } = await run(input, 'convert type=png');
  expect([info.width, info.height]).toEqual(size);
  expect([info.input.width, info.input.height]).toEqual(size);
});

const whole: readonly (readonly [string, Buffer])[] = [
  ['no size', svg('')],
  ['percentages', svg('width="100%" height="100%"')],
  ['a viewBox', svg(box)],
  ['a size without a viewBox', svg('width="100" height="100"')],
  ['a large viewBox', svg('viewBox="0 0 4000 4000"', `<g transform="scale(40)">${halves}</g>`)],
  ['an offset', svg('viewBox="-50 -50 100 100"', `<g transform="translate(-50 -50)">${halves}</g>`)],
  ['millimetres', svg(`width="70mm" height="70mm" ${box}`)],
  [
    'millimetres without a viewBox',
    svg(
      'width="50mm" height="50mm"',
      '<rect width="25mm" height="50mm" fill="#f00"/><rect x="25mm" width="25mm" height="50mm" fill="#00f"/>',
    ),
  ],
  ['rules for its size', svg(box, `<style>svg{width:30px;height:30px}</style>${halves}`)],
  [
    'a prefix',
    Buffer.from(
      svg('')
        .toString()
        .replaceAll(/<(\/?)(svg|rect)/g, '<$1s:$2')
        .replace('xmlns', 'xmlns:s'),
    ),
  ],
];
const steps = [
  ['fit width=50&height=50&type=png'],
  ['thumbnail width=200&type=png'],
  ['resize width=300&height=300&type=png'],
  ['enlarge width=400&height=400&type=png'],
  ['convert type=png', 'fit width=64&height=64'],
  ['autorotate', 'fit width=64&height=64&type=webp&lossless=true'],
  ['thumbnail width=80&type=svg'],
  ['crop width=60&height=60&type=png'],
];

test.each(whole.flatMap(([title, input]) => steps.map((step) => [title, step, input] as const)))(
  'a drawing with %s is shown whole by %j',
  async (_title, step, input) => {
    const { data } = await run(input, step);
    const drawn = step.join().includes('svg') ? (await run(data, 'convert type=png')).data : data;
    const picture = await decoded(await sharp(drawn).png().toBuffer());
    const { width, height } = picture;
    const corners = [1, width - 2].flatMap((x) => [1, height - 2].map((y) => pixelAt(picture, x, y)));
    expect(width).toBe(height);
    expect(corners.map(([red, green, blue]) => [red, green, blue])).toEqual([
      ...Array(2).fill([255, 0, 0]),
      ...Array(2).fill([0, 0, 255]),
    ]);
  },
);

test.each([
  ['thumbnail width=400&type=png', [400, 267]],
  ['enlarge width=400&height=400&type=png&embed=true', [400, 400]],
  ['enlarge width=400&height=267&type=png', [400, 267]],
  ['thumbnail width=400&type=svg', [400, 267]],
] as const)('a tiny viewBox keeps its proportions: %s', async (step, size) => {
  const { info } = await run(svg('viewBox="0 0 1.5 1"'), step);
  expect([info.width, info.height]).toEqual(size);
});

test('a viewBox of less than a pixel is shown whole', async () => {
  const tiny = svg('viewBox="0 0 0.1 0.1"', `<g transform="scale(.001)">${halves}</g>`);
  const { data } = await run(tiny, 'enlarge width=300&height=300&type=png');
  const picture = await decoded(data);
  expect([pixelAt(picture, 148, 298), pixelAt(picture, 152, 2)].map((rgb) => rgb.slice(0, 3))).toEqual([
    [255, 0, 0],
    [0, 0, 255],
  ]);
});

test('a drawing without a size is shown with all that it draws', async () => {
  const { data } = await run(circle, 'enlarge width=160&height=160&type=png');
  const picture = await decoded(data);
  for (const [x, y] of [
    [80, 3],
    [3, 80],
    [156, 80],
    [80, 156],
  ] as const)
    expect(pixelAt(picture, x, y).slice(0, 3)).toEqual([255, 0, 0]);
});

test.each([
  ['xMidYMid meet', [0, 0, 0]],
  ['none', [255, 0, 0]],
])('preserveAspectRatio="%s" is kept at any size', async (value, colour) => {
  const input = svg(`width="200" height="100" ${box} preserveAspectRatio="${value}"`);
  const { data } = await run(input, 'thumbnail width=400&type=png&background=0,0,0');
  const picture = await decoded(data);
  expect([picture.width, picture.height]).toEqual([400, 200]);
  expect(pixelAt(picture, 5, 100).slice(0, 3)).toEqual(colour);
});

test('a drawing as a watermark is whole too', async () => {
  const base = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#0f0' } })
    .png()
    .toBuffer();
  const { data } = await run(base, 'watermarkimage image=x&type=png', {
    fetchImage: async () => svg('width="100%"'),
  });
  const picture = await decoded(data);
  expect(
    [pixelAt(picture, 10, 10), pixelAt(picture, 90, 90), pixelAt(picture, 110, 50)].map((rgb) =>
      rgb.slice(0, 3),
    ),
  ).toEqual([
    [255, 0, 0],
    [0, 0, 255],
    [0, 255, 0],
  ]);
});
