import { expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import { decoded, drawn, flat, pixelAt, png, quad, type Raw, red, white } from './support/pictures.ts';
import { codeOf, run } from './support/run.ts';

const blank = async (width: number, height: number): Promise<Buffer> =>
  await png(drawn(width, height, () => white));

/** The box of all pixels that are not white. */
function inkOf(raw: Raw) {
  const box = { left: raw.width, top: raw.height, right: -1, bottom: -1, pixels: 0 };
  for (let y = 0; y < raw.height; y += 1) {
    for (let x = 0; x < raw.width; x += 1) {
      if ((raw.data[(y * raw.width + x) * raw.channels] ?? 255) > 200) continue;
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x);
      box.bottom = Math.max(box.bottom, y);
      box.pixels += 1;
    }
  }
  return box;
}

/** What a watermark in full black leaves on white. */
async function ink(width: number, height: number, query: string) {
  const { data, info } = await run(await blank(width, height), `watermark opacity=1&${query}`);
  expect([info.width, info.height]).toEqual([width, height]);
  return inkOf(await decoded(data));
}

test('text drawn once begins at 100,100', async () => {
  const { left, top, right, bottom } = await ink(600, 400, 'text=Hello&noreplicate=true');
  expect(left).toBeGreaterThanOrEqual(100);
  expect(left).toBeLessThan(105);
  expect(top).toBeGreaterThanOrEqual(100);
  expect(top).toBeLessThan(105);
  expect(right).toBeLessThan(200);
  expect(bottom).toBeLessThan(140);
});

test('text is repeated at a pitch of its size and the margin', async () => {
  const once = await ink(600, 400, 'text=Hello&noreplicate=true&margin=110');
  const tiled = await run(await blank(600, 400), 'watermark opacity=1&text=Hello&margin=110');
  const columns = await decoded(tiled.data);
  const height = once.bottom - once.top + 1;
  const strip = (left: number): boolean =>
    Array.from({ length: height }, (_, y) => pixelAt(columns, left, once.top + y)[0] ?? 255).some(
      (v) => v < 100,
    );
  const inked = Array.from({ length: 600 }, (_, x) => strip(x));
  const starts = inked.flatMap((is, x) =>
    is && !inked.slice(Math.max(0, x - 60), x).includes(true) ? [x] : [],
  );
  const [first = 0, second = 0, third = 0] = starts;
  expect(first).toBe(once.left);
  expect(second - first).toBe(third - second);
  const gap = second - first - (once.right - once.left + 1);
  expect(Math.abs(gap - 110)).toBeLessThanOrEqual(4);
});

test.each([
  'Hello',
  'a&b',
  'a<b',
  '<b>bold',
  '</b>',
  '&amp;',
  '"<script>"',
  'Ünï ✓',
  '<big><big>x</big></big>',
])('the text %j is drawn on small and large pictures', async (text) => {
  for (const [width, height] of [
    [30, 20],
    [160, 120],
    [550, 740],
  ] as const) {
    const { pixels } = await ink(width, height, `text=${encodeURIComponent(text)}`);
    expect([text, width, pixels > 0]).toEqual([text, width, true]);
  }
});

test('balanced markup is applied, other markup is drawn as text', async () => {
  const query = (text: string): string => `noreplicate=true&textwidth=400&text=${encodeURIComponent(text)}`;
  const plain = await ink(600, 400, query('bold'));
  const markup = await ink(600, 400, query('<b>bold</b>'));
  const broken = await ink(600, 400, query('<b>bold'));
  expect(markup.pixels).toBeGreaterThan(plain.pixels);
  expect(markup.right - markup.left).toBeLessThan((plain.right - plain.left) * 1.4);
  expect(broken.right - broken.left).toBeGreaterThan((plain.right - plain.left) * 1.4);
});

test.each(['margin=10', 'margin=1', 'margin=1000000000', 'textwidth=1', 'dpi=20', 'dpi=400'])(
  '%s draws text of any size without changing the size of the picture',
  async (query) => {
    expect((await ink(300, 200, `text=Hello&${query}`)).pixels).toBeGreaterThan(0);
  },
);

test.each([
  ['northwest', 'left', 'top'],
  ['north', 'middle', 'top'],
  ['northeast', 'right', 'top'],
  ['west', 'left', 'middle'],
  ['centre', 'middle', 'middle'],
  ['east', 'right', 'middle'],
  ['southwest', 'left', 'bottom'],
  ['south', 'middle', 'bottom'],
  ['southeast', 'right', 'bottom'],
])('position=%s is %s and %s', async (position, across, down) => {
  const { left, right, top, bottom } = await ink(400, 300, `text=Hi&position=${position}`);
  const third = (from: number, to: number, side: number): number =>
    Math.floor((((from + to) / 2) * 3) / side);
  expect(third(left, right, 400)).toBe(['left', 'middle', 'right'].indexOf(across));
  expect(third(top, bottom, 300)).toBe(['top', 'middle', 'bottom'].indexOf(down));
});

test('colour and opacity are those asked for; the default is a quarter of black', async () => {
  const darkest = async (query: string): Promise<readonly number[]> => {
    const { data } = await run(await blank(300, 200), `watermark text=%E2%96%A0MMM&dpi=400&${query}`);
    const raw = await decoded(data);
    return [0, 1, 2].map((channel) => {
      let least = 255;
      for (let at = channel; at < raw.data.length; at += raw.channels)
        least = Math.min(least, raw.data[at] ?? 255);
      return least;
    });
  };
  expect(await darkest('opacity=1&color=255,0,0')).toEqual([255, 0, 0]);
  expect(await darkest('opacity=5')).toEqual([0, 0, 0]);
  for (const value of await darkest('')) expect(Math.abs(value - 191)).toBeLessThan(3);
});

test.each(['text=Hello&font=sans%2099999', 'text=Hello&dpi=999999', `text=${'M'.repeat(200_000)}`])(
  'text that covers too many pixels is refused: %.40s',
  async (query) => {
    expect(await codeOf(run(await blank(300, 200), `watermark ${query}`))).toBe('invalid_param');
  },
);

const half = drawn(40, 30, () => red);
const fetchImage = () => png(half);

test.each<[string, [number, number], readonly number[], [number, number], readonly number[]]>([
  ['left=0&top=0', [39, 29], red, [40, 30], white],
  ['left=50&top=60', [50, 60], red, [49, 59], white],
  ['left=90&top=80', [99, 89], red, [89, 79], white],
  ['left=5&top=5&opacity=0.5', [10, 10], [255, 127, 127], [4, 4], white],
  ['left=500&top=0', [0, 0], white, [99, 89], white],
])('a picture at %s', async (query, inside, colour, outside, beyond) => {
  const { data, info } = await run(await blank(100, 90), `watermarkimage image=x&${query}`, { fetchImage });
  const raw = await decoded(data);
  expect([info.width, info.height]).toEqual([100, 90]);
  pixelAt(raw, ...inside)
    .slice(0, 3)
    .forEach((value, channel) => {
      expect(Math.abs(value - (colour[channel] ?? 0))).toBeLessThanOrEqual(1);
    });
  expect(pixelAt(raw, ...outside).slice(0, 3)).toEqual(beyond);
});

/** Pictures of every channel count and depth, as base and as watermark. */
const kinds: Readonly<Record<string, () => Promise<Buffer>>> = {
  grey: () =>
    sharp({ create: { width: 60, height: 50, channels: 3, background: '#777' } })
      .toColourspace('b-w')
      .png()
      .toBuffer(),
  'grey with alpha': () =>
    sharp({ create: { width: 60, height: 50, channels: 4, background: '#7778' } })
      .toColourspace('b-w')
      .png()
      .toBuffer(),
  colour: () => flat(60, 50),
  'colour with alpha': () =>
    sharp({ create: { width: 60, height: 50, channels: 4, background: '#f008' } })
      .png()
      .toBuffer(),
  '16 bit': () =>
    sharp({ create: { width: 60, height: 50, channels: 3, background: '#07f' } })
      .toColourspace('rgb16')
      .png()
      .toBuffer(),
  cmyk: () =>
    sharp({ create: { width: 60, height: 50, channels: 3, background: '#07f' } })
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer(),
  svg: () =>
    Promise.resolve(
      Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="50"><rect width="30" height="50"/></svg>',
      ),
    ),
};
const pairs = Object.keys(kinds).flatMap((base) => Object.keys(kinds).map((mark) => [mark, base] as const));

test.each(pairs)('a watermark of %s is drawn over %s', async (mark, base) => {
  const input = (await kinds[base]?.()) ?? Buffer.alloc(0);
  const { data, info } = await run(input, 'watermarkimage image=x&left=20&top=10&type=png', {
    fetchImage: async () => (await kinds[mark]?.()) ?? Buffer.alloc(0),
  });
  expect([info.width, info.height]).toEqual([60, 50]);
  expect((await sharp(data).metadata()).channels).toBe(4);
});

const unreadable = expect.stringMatching(/^image: the watermark picture cannot be read: /);

test.each([
  ['nothing', Buffer.alloc(0), 'watermark_empty', 'image: the watermark picture is empty'],
  ['a page', Buffer.from('<html><body>no</body></html>'), 'watermark_unreadable', unreadable],
  ['broken bytes', Buffer.from('\xff\xd8\xff\xe0 no picture', 'latin1'), 'watermark_unreadable', unreadable],
])('%s is refused as a watermark', async (_what, bytes, reason, message) => {
  const work = run(await png(quad()), 'watermarkimage image=x', { fetchImage: () => Promise.resolve(bytes) });
  await expect(work).rejects.toMatchObject({ code: 'invalid_param', reason, message });
});

test('a watermark may not have more pixels than an input', async () => {
  const work = run(await flat(20, 20), 'watermarkimage image=x', {
    fetchImage: () => flat(100, 101),
    limits: { MAX_INPUT_MEGAPIXELS: 0.01 },
  });
  expect(await codeOf(work)).toBe('too_many_pixels');
});
