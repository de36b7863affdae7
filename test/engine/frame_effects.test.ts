import { expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import {
  blue,
  decoded,
  difference,
  drawn,
  flat,
  green,
  jpeg,
  open,
  oriented,
  pixelAt,
  png,
  quad,
  type Raw,
  red,
} from './support/pictures.ts';
import { codeOf, run } from './support/run.ts';

async function rgba(data: Buffer): Promise<Raw> {
  const { data: pixels, info } = await sharp(data, { animated: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data: pixels, width: info.width, height: info.height, channels: 4 };
}
const made = async (
  input: Buffer,
  steps: string | readonly string[],
  door: 'onthefly' | 'inline' = 'onthefly',
) => await rgba((await run(input, steps, { door })).data);
const alphaAt = (raw: Raw, x: number, y: number): number => pixelAt(raw, x, y)[3] ?? -1;
const plain = (width: number, height: number) => png(drawn(width, height, () => [200, 60, 60]));

/** How much of a pixel lies inside of rounded corners, by 64 points in it. */
function insideOf(x: number, y: number, width: number, height: number, radius: number): number {
  let inside = 0;
  for (let at = 0; at < 64; at += 1) {
    const [px, py] = [x + ((at % 8) + 0.5) / 8, y + (Math.floor(at / 8) + 0.5) / 8];
    const dx = Math.max(radius - px, px - (width - radius), 0);
    const dy = Math.max(radius - py, py - (height - radius), 0);
    if (dx * dx + dy * dy <= radius * radius) inside += 1;
  }
  return inside / 64;
}

test.each([
  [60, 40, '12', 12],
  [60, 40, 'max', 20],
  [50, 50, 'max', 25],
  [41, 30, '7.5px', 7.5],
  [40, 30, '100', 15],
])(
  'a picture of %i x %i with radius=%s is cut off outside of the corners',
  async (width, height, radius, wanted) => {
    const raw = await made(await plain(width, height), `convert type=png&radius=${radius}`);
    const wrong: string[] = [];
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        const [r = 0, , , alpha = 0] = pixelAt(raw, x, y);
        const off = Math.abs(alpha - 255 * insideOf(x, y, width, height, wanted));
        if (off > 20 || (alpha > 20 && Math.abs(r - 200) > 8)) wrong.push(`${x},${y}: ${r} ${alpha}`);
      }
    expect(wrong).toEqual([]);
  },
);

test('radii are those of the corners, clockwise from the top left, as in CSS', async () => {
  const corners = async (radius: string) => {
    const raw = await made(await plain(40, 40), `convert type=png&radius=${encodeURIComponent(radius)}`);
    return [alphaAt(raw, 1, 1), alphaAt(raw, 38, 1), alphaAt(raw, 38, 38), alphaAt(raw, 1, 38)].map(
      (one) => one > 128,
    );
  };
  expect(await corners('10,0,0,0')).toEqual([false, true, true, true]);
  expect(await corners('0 10 0 0')).toEqual([true, false, true, true]);
  expect(await corners('0,0,10,0')).toEqual([true, true, false, true]);
  expect(await corners('0 0 0 10px')).toEqual([true, true, true, false]);
  expect(await corners('10 0')).toEqual([false, true, false, true]);
  expect(await corners('0 10 0')).toEqual([true, false, true, false]);
});

test.each([
  ['convert type=jpeg&radius=max', 'onthefly', [0, 0, 0]],
  ['convert type=jpeg&radius=max', 'inline', [255, 255, 255]],
  ['convert type=jpeg&radius=max&background=0,0,255', 'onthefly', [0, 0, 255]],
  ['convert type=jpeg&radius=max&background=blue&negate=true', 'inline', [0, 0, 255]],
] as const)('%s through the %s door shows %j outside of the corners', async (step, door, wanted) => {
  const raw = await made(await plain(64, 64), step, door);
  const found = pixelAt(raw, 0, 0).slice(0, 3);
  expect(found.map((level, channel) => Math.abs(level - (wanted[channel] ?? 0)) < 32)).toEqual([
    true,
    true,
    true,
  ]);
});

test.each([
  ['png', 'png'],
  ['webp', 'webp&lossless=true'],
  ['avif', 'avif'],
  ['gif', 'gif'],
  ['tiff', 'tiff'],
])('rounded corners are transparent in %s', async (_name, type) => {
  const raw = await made(await plain(64, 64), `convert type=${type}&radius=max`);
  expect([alphaAt(raw, 0, 0), alphaAt(raw, 32, 32), alphaAt(raw, 63, 63)]).toEqual([0, 255, 0]);
});

test.each([
  ['5', [5, 5, 5, 5]],
  ['5,7', [5, 7, 5, 7]],
  ['5 7 9', [5, 7, 9, 7]],
  ['5px 7px 9px 11px', [5, 7, 9, 11]],
  ['0,0,9', [0, 0, 9, 0]],
])('padding=%s adds %j around', async (padding, [top = 0, right = 0, bottom = 0, left = 0]) => {
  const query = `type=png&padding=${encodeURIComponent(padding)}`;
  const clear = await made(await plain(20, 10), `convert ${query}`);
  expect([clear.width, clear.height]).toEqual([20 + left + right, 10 + top + bottom]);
  const coloured = await made(await plain(20, 10), `convert ${query}&background=gold`);
  for (let y = 0; y < clear.height; y += 1)
    for (let x = 0; x < clear.width; x += 1) {
      const isInside = x >= left && x < left + 20 && y >= top && y < top + 10;
      expect([x, y, alphaAt(clear, x, y), pixelAt(coloured, x, y)]).toEqual([
        x,
        y,
        isInside ? 255 : 0,
        isInside ? [200, 60, 60, 255] : [255, 215, 0, 255],
      ]);
    }
});

test.each([
  ['convert type=auto&radius=9', 'png'],
  ['convert type=auto&padding=9', 'png'],
  ['convert type=auto&padding=9&background=red', 'jpeg'],
  ['convert type=auto', 'jpeg'],
])('%s of a photograph, for a client that names no type, is %s', async (step, type) => {
  const { format } = await run(await jpeg(quad(60, 40)), step);
  expect(format.name).toBe(type);
});

test('padding lies around rounded corners, whose outside has its colour', async () => {
  const raw = await made(await plain(40, 40), 'convert type=png&radius=max&padding=5&background=gold');
  expect([raw.width, pixelAt(raw, 1, 1), pixelAt(raw, 6, 6), pixelAt(raw, 25, 25)]).toEqual([
    50,
    [255, 215, 0, 255],
    [255, 215, 0, 255],
    [200, 60, 60, 255],
  ]);
});

test('a watermark is placed in the picture, not in its padding', async () => {
  const text =
    'watermark text=%E2%96%88%E2%96%88&font=sans+20&color=white&opacity=1&left=0&top=0&noreplicate=true&type=png';
  const raw = await made(await plain(80, 60), `${text}&padding=30&background=black`);
  expect(pixelAt(raw, 10, 10)).toEqual([0, 0, 0, 255]);
  expect(pixelAt(raw, 70, 70)).toEqual([255, 255, 255, 255]);
});

const flatWhite = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();

/** The part of a normal distribution between its middle and `z`, by the trapezoidal rule. */
function normalPart(z: number): number {
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const steps = 1000;
  const width = z / steps;
  let sum = (density(0) + density(z)) / 2;
  for (let step = 1; step < steps; step += 1) sum += density(step * width);
  return sum * width;
}

/** How far the weights of a blur reach, in standard deviations: they end at a fifth of the largest. */
const reach = Math.sqrt(-2 * Math.log(0.2));

/** The level of a blurred edge from black to white, at `z` standard deviations from it. */
const edgeLevel = (z: number): number => 255 * (0.5 + (normalPart(z) / normalPart(reach)) * 0.5);

/** A box in a frame of one colour. */
const framed = (
  width: number,
  height: number,
  box: { left: number; top: number; width: number; height: number },
) =>
  drawn(width, height, (x, y) =>
    x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height
      ? [10, 120, 200]
      : [240, 240, 240],
  );
const box = { left: 13, top: 7, width: 30, height: 22 };

test.each([
  ['convert type=png&trim=10', 30, 22],
  ['convert type=png&trim=true', 30, 22],
  ['convert type=png&trim=250', 80, 60],
  ['convert type=png&trim=0', 80, 60],
  ['thumbnail width=60&type=png&trim=10', 60, 44],
  ['crop width=20&height=20&type=png&trim=10', 20, 20],
  ['rotate rotate=90&type=png&trim=10', 22, 30],
  ['extract top=2&left=3&areawidth=10&areaheight=12&type=png&trim=10', 10, 12],
  ['convert type=png&trim=10&padding=4', 38, 30],
])('%s of a framed box of 30 x 22 is %i x %i', async (step, width, height) => {
  const { info, data } = await run(await png(framed(80, 60, box)), step);
  expect([info.width, info.height]).toEqual([width, height]);
  if (step.includes('250') || step.includes('trim=0') || step.includes('padding')) return;
  const [r = 0, g = 0, b = 0] = pixelAt(await rgba(data), 2, 2);
  expect([r < 20, Math.abs(g - 120) < 10, Math.abs(b - 200) < 10]).toEqual([true, true, true]);
});

test.each([1, 3, 6, 8])('a photo of EXIF orientation %i is trimmed as it is seen', async (tag) => {
  const input = await oriented(framed(80, 60, box), tag, 'png');
  const { info } = await run(input, 'convert type=png&trim=20');
  expect([info.width, info.height]).toEqual([30, 22]);
});

test('a later step is trimmed to what the steps before it leave', async () => {
  const input = await png(framed(80, 60, box));
  const { info } = await run(input, [
    'extract top=0&left=0&areawidth=20&areaheight=20',
    'convert type=png&trim=10',
  ]);
  expect([info.width, info.height]).toEqual([7, 13]);
  const twice = await run(input, [
    'convert type=png&trim=10&padding=6&background=white',
    'resize scale=1&trim=10',
  ]);
  expect([twice.info.width, twice.info.height]).toEqual([30, 22]);
});

test('transparent edges are trimmed whatever colour they hide', async () => {
  const inner = await open(drawn(10, 8, () => red))
    .png()
    .toBuffer();
  const hidden = sharp({
    create: { width: 40, height: 30, channels: 4, background: { r: 9, g: 200, b: 3, alpha: 0 } },
  });
  const { info } = await run(
    await hidden
      .composite([{ input: inner, left: 5, top: 9 }])
      .png()
      .toBuffer(),
    'convert trim=10&type=png',
  );
  expect([info.width, info.height]).toEqual([10, 8]);
});

test('a picture of one colour keeps its size', async () => {
  const { info } = await run(await flat(30, 20), 'convert trim=10&type=png');
  expect([info.width, info.height]).toEqual([30, 20]);
});

test('all frames of an animation are trimmed to one box', async () => {
  const frames = [
    framed(40, 30, { left: 5, top: 5, width: 10, height: 10 }),
    framed(40, 30, { left: 20, top: 8, width: 10, height: 12 }),
  ].map(({ data }) => data);
  const raw = { width: 40, height: 60, channels: 3, pageHeight: 30 } as const;
  const input = await sharp(Buffer.concat(frames), { raw })
    .webp({ lossless: true, delay: [90, 120] })
    .toBuffer();
  const { info, data } = await run(input, 'convert trim=10&type=webp&lossless=true');
  expect([info.width, info.height, info.pages]).toEqual([25, 15, 2]);
  const shown = await rgba(data);
  expect([
    pixelAt(shown, 2, 2)[0],
    pixelAt(shown, 20, 2)[0],
    pixelAt(shown, 2, 17)[0],
    pixelAt(shown, 20, 20)[0],
  ]).toEqual([10, 240, 240, 10]);
});

test.each([
  ['resize width=20&dpr=2', 40, 30],
  ['crop width=20&height=20&dpr=1.5', 30, 30],
  ['crop width=20&height=20&dpr=0.5', 10, 10],
  ['convert dpr=3', 160, 120],
  ['convert padding=5&dpr=2', 180, 140],
  ['crop width=20&height=20&padding=5', 30, 30],
  ['smartcrop width=20&height=20&padding=5', 30, 30],
  ['resize width=20&height=20&padding=5', 30, 30],
  ['extract width=40&top=2&left=2&areawidth=10&areaheight=8&dpr=2', 20, 16],
  ['extract top=2&left=2&areawidth=10&areaheight=8&dpr=2', 10, 8],
  ['resize width=20&dpr=', 20, 15],
  ['thumbnail width=20&minheight=30', 40, 30],
  ['crop width=20&height=20&minwidth=40', 20, 20],
  ['resize width=20&minwidth=200', 200, 150],
  ['fit width=20&height=20&minheight=60&dpr=2', 160, 120],
  ['thumbnail width=320', 320, 240],
  ['thumbnail width=320&withoutenlargement=true', 160, 120],
  ['enlarge width=320&height=320&withoutenlargement=true', 160, 120],
  ['resize width=60&height=60&fit=cover', 60, 60],
  ['convert width=300&height=300&fit=cover', 300, 300],
  ['convert width=300&height=300&fit=cover&withoutenlargement=true', 160, 120],
  ['convert width=60&height=60&fit=contain', 60, 60],
  ['convert width=60&height=60&fit=fill', 60, 60],
  ['convert width=60&height=60&fit=inside', 60, 45],
  ['convert width=320&height=320&fit=inside', 320, 240],
  ['crop width=60&height=60&fit=outside', 80, 60],
  ['thumbnail width=60&height=60&fit=outside&dpr=2', 160, 120],
])('%s of 160 x 120 is %i x %i', async (step, width, height) => {
  const { info, data } = await run(await png(quad()), `${step}&type=png`);
  const shown = await rgba(data);
  expect([info.width, info.height, shown.width, shown.height]).toEqual([width, height, width, height]);
});

test('dpr makes blur, radius and padding as much larger as the picture', async () => {
  const input = await png(quad(320, 240));
  const step = 'thumbnail width=80&sigma=2&radius=10&padding=3&background=red&type=png';
  const small = await decoded((await run(input, step)).data);
  const large = (await run(input, `${step}&dpr=2`)).data;
  const halved = await decoded(await sharp(large).resize(small.width).png().toBuffer());
  expect([halved.width, halved.height]).toEqual([small.width, small.height]);
  expect(difference(small, halved)).toBeLessThan(3);
});

test.each([
  ['0:0', 'png', red],
  ['1:0', 'png', green],
  ['0,1', 'png', blue],
  ['0.25 0.75', 'jpeg', blue],
  ['0.9:0.1', 'jpeg', green],
] as const)(
  'a crop around focus=%s of a photo turned by EXIF (%s) shows that part',
  async (focus, format, [r, g, b]) => {
    const input = await oriented(quad(160, 120), 6, format);
    const raw = await made(input, `crop width=60&height=20&focus=${encodeURIComponent(focus)}&type=png`);
    expect([raw.width, raw.height]).toEqual([60, 20]);
    const seen = pixelAt(raw, focus.startsWith('0') && !focus.startsWith('0.9') ? 10 : 50, 10);
    expect([r, g, b].map((level, channel) => Math.abs((seen[channel] ?? 0) - level) < 12)).toEqual([
      true,
      true,
      true,
    ]);
  },
);

test('a crop keeps the focus in its middle, as far as it can', async () => {
  const columns = drawn(200, 20, (x) => [x, x, x]);
  const leftOf = async (focus: string) =>
    pixelAt(await made(await png(columns), `crop width=40&focus=${focus}&type=png`), 0, 10)[0];
  expect(await Promise.all(['0.5:0.5', '0.25:0', '0:0', '1:1', '0.7:0.5'].map(leftOf))).toEqual([
    80, 30, 0, 160, 120,
  ]);
});

test('kernel=nearest mixes no pixels, other kernels do', async () => {
  const stripes = await png(drawn(90, 30, (x) => (x % 3 === 0 ? [255, 255, 255] : [0, 0, 0])));
  const levelsOf = async (kernel: string) => {
    const raw = await decoded((await run(stripes, `thumbnail width=45&type=png&kernel=${kernel}`)).data);
    return new Set(Array.from({ length: 45 }, (_, x) => pixelAt(raw, x, 5)[0]));
  };
  expect([...(await levelsOf('nearest'))].every((level) => level === 0 || level === 255)).toBe(true);
  for (const kernel of ['linear', 'cubic', 'mitchell', 'lanczos2', 'lanczos3', 'mks2013', 'mks2021'])
    expect([kernel, (await levelsOf(kernel)).size > 2]).toEqual([kernel, true]);
});

test('pixelate shows squares, each in the mean colour of its part', async () => {
  const shape = (x: number, y: number) => [2 * x, 3 * y, 128] as const;
  const raw = await made(await png(drawn(50, 35, shape)), 'convert type=png&pixelate=8');
  for (const [column, row] of [
    [0, 0],
    [2, 1],
    [4, 3],
    [6, 4],
  ] as const) {
    const corner = pixelAt(raw, 8 * column, 8 * row);
    const [right, below] = [Math.min(8 * column + 7, 49), Math.min(8 * row + 7, 34)];
    expect(pixelAt(raw, right, below)).toEqual(corner);
    const mean = shape(8 * column + 3.5, 8 * row + 3.5);
    if (column < 6 && row < 4 && column > 0 && row > 0)
      expect(mean.map((level, channel) => Math.abs(level - (corner[channel] ?? 0)) < 4)).toEqual([
        true,
        true,
        true,
      ]);
  }
});

test('a square larger than the picture has the mean colour of the picture', async () => {
  const raw = await made(
    await png(drawn(60, 40, (x, y) => [4 * x, 6 * y, 128])),
    'convert type=png&pixelate=1000',
  );
  const [r = 0, g = 0, b = 0] = pixelAt(raw, 59, 39);
  expect([Math.abs(r - 118) < 3, Math.abs(g - 117) < 3, b]).toEqual([true, true, 128]);
});

test.each([
  [1, 1],
  [1, 30],
  [30, 2],
  [14, 14],
])('median works on a picture of %d x %d', async (width, height) => {
  const level = (x: number, y: number) => (x === 0 && y === 0 ? 255 : 40);
  const raw = await made(
    await png(drawn(width, height, (x, y) => [level(x, y), 40, 40])),
    'convert type=png&median=15',
  );
  expect([raw.width, raw.height]).toEqual([width, height]);
  // Of one pixel alone, the edges are all that the squares have.
  expect(pixelAt(raw, width - 1, height - 1)).toEqual([width * height === 1 ? 255 : 40, 40, 40, 255]);
});

test('a wide blur of a large picture is that of its edge, computed', async () => {
  const [width, height, sigma] = [1600, 900, 750];
  const edge = await sharp({ create: { width, height, channels: 3, background: '#000' } })
    .composite([{ input: await flatWhite(width / 2, height), left: width / 2, top: 0 }])
    .png()
    .toBuffer();
  const { data, info } = await run(edge, `convert type=png&sigma=${sigma}`);
  expect([info.width, info.height, info.passes]).toEqual([width, height, 2]);
  const raw = await decoded(data);
  for (const x of [10, 400, 799, 1200, 1590]) {
    const [level = 0] = pixelAt(raw, x, 450);
    expect([x, Math.abs(level - edgeLevel((x + 0.5 - width / 2) / sigma)) < 5]).toEqual([x, true]);
  }
});

test('median removes a speck and keeps an edge', async () => {
  const raw = await made(
    await png(
      drawn(40, 20, (x, y) =>
        x === 8 && y === 8 ? [255, 255, 255] : x < 20 ? [40, 40, 40] : [200, 200, 200],
      ),
    ),
    'convert type=png&median=3',
  );
  expect([pixelAt(raw, 8, 8)[0], pixelAt(raw, 19, 10)[0], pixelAt(raw, 20, 10)[0]]).toEqual([40, 40, 200]);
});

test('normalise stretches light from black to white', async () => {
  const dull = await png(drawn(200, 20, (x) => [80 + x / 4, 80 + x / 4, 80 + x / 4]));
  const raw = await made(dull, 'convert type=png&normalise=true');
  const [first = 99, middle = 0, last = 0] = [0, 100, 199].map((x) => pixelAt(raw, x, 10)[0]);
  expect([first < 12, Math.abs(middle - 128) < 14, last > 243]).toEqual([true, true, true]);
});

test.each([
  'radius=1,2,3,4,5',
  'radius=-3',
  'radius=-1',
  'radius=a',
  'radius=16384',
  'padding=1 2 3 4 5',
  'padding=-1',
  'padding=16384',
  'focus=0.5',
  'focus=0.5:1.1',
  'focus=a:b',
  'dpr=0.05',
  'dpr=8.1',
  'trim=256',
  'duotone=red',
  'duotone=red,blue,green',
  'tint=nocolour',
  'tint=red,blue',
  'median=16',
  'pixelate=1001',
  'threshold=256',
  'brightness=10.1',
  'saturation=11',
  'hue=361',
  'lightness=-101',
  'contrast=10.5',
  'kernel=bicubic',
])('%s is refused', async (query) => {
  expect(await codeOf(run(await plain(24, 16), `resize width=10&${query}`))).toBe('invalid_param');
});
