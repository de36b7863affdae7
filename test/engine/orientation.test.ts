import { expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import {
  blue,
  decoded,
  difference,
  green,
  oriented,
  pixelAt,
  png,
  quad,
  red,
  scenery,
  white,
} from './support/pictures.ts';
import { run } from './support/run.ts';

const tags = [1, 2, 3, 4, 5, 6, 7, 8];
const corners = (raw: Awaited<ReturnType<typeof decoded>>): readonly (readonly number[])[] => {
  const [right, bottom] = [raw.width - 10, raw.height - 10];
  return [pixelAt(raw, 9, 9), pixelAt(raw, right, 9), pixelAt(raw, 9, bottom), pixelAt(raw, right, bottom)];
};

test.each(tags)('autorotate applies EXIF orientation %i and resets the tag', async (tag) => {
  const { data, info } = await run(await oriented(quad(), tag), 'autorotate');
  expect([info.width, info.height]).toEqual([160, 120]);
  expect(corners(await decoded(data))).toEqual([red, green, blue, white]);
  expect((await sharp(data).metadata()).orientation).toBe(1);
});

/** What each operation makes of red, green / blue, white. */
const turned: readonly (readonly [string, readonly (readonly number[])[]])[] = [
  ['convert type=png', [red, green, blue, white]],
  ['flip', [green, red, white, blue]],
  ['flop', [blue, white, red, green]],
  ['flip flop=true', [white, blue, green, red]],
  ['thumbnail width=80&flip=true', [green, red, white, blue]],
  ['resize width=200&height=80&extend=copy', [red, green, blue, white]],
  ['zoom factor=1&flop=true', [blue, white, red, green]],
];

test.each(tags.flatMap((tag) => turned.map(([step, expected]) => [tag, step, expected] as const)))(
  'orientation %i through %s',
  async (tag, step, expected) => {
    const { data } = await run(await oriented(quad(), tag), step);
    expect(corners(await decoded(data))).toEqual(expected);
  },
);

/** Every operation sees the picture upright: what it makes is what it makes of the picture stored upright. */
const steps = [
  'convert type=png',
  'resize width=50',
  'resize width=100&height=40&extend=mirror',
  'crop width=60',
  'crop width=60&gravity=west',
  'crop height=30&gravity=south&flip=true',
  'crop width=70&height=90&gravity=north',
  'enlarge width=200&height=300',
  'fit width=50&height=50',
  'extract top=20&left=40&areawidth=50&areaheight=30',
  'extract width=80&top=20&left=40&areawidth=30&areaheight=20&flop=true',
  'smartcrop width=60&height=60',
  'smartcrop width=50&flip=true',
  'zoom factor=1&top=20&left=30&areawidth=80&areaheight=50',
  'blur sigma=3',
  'thumbnail width=40',
  'watermarkimage image=x&left=20&top=30',
  'watermark text=Hello&opacity=1&noreplicate=true&top=10&left=20',
];

test.each(steps)('%s gives the same for all eight orientations', async (step) => {
  const picture = scenery(120, 100);
  const fetchImage = () => png(quad(40, 30));
  const { data } = await run(await png(picture), step, { fetchImage });
  const expected = await decoded(data);
  for (const tag of tags) {
    const { data, info } = await run(await oriented(picture, tag), step, { fetchImage });
    const outcome = await decoded(data);
    expect([tag, info.width, info.height]).toEqual([tag, expected.width, expected.height]);
    expect(difference(outcome, expected)).toBeLessThan(2.5);
    expect((await sharp(data).metadata()).orientation).toBe(1);
  }
});

test.each(tags)(
  'an explicit rotation turns the stored pixels and ignores EXIF orientation %i',
  async (tag) => {
    const stored = await sharp(await oriented(quad(), tag))
      .png()
      .toBuffer();
    const plain = await run(stored, 'rotate rotate=90');
    const tagged = await run(await oriented(quad(), tag), 'rotate rotate=90');
    expect(difference(await decoded(tagged.data), await decoded(plain.data))).toBe(0);
    expect((await sharp(tagged.data).metadata()).orientation).toBe(1);
  },
);

test.each(tags)('norotation leaves pixels and tag of orientation %i', async (tag) => {
  const input = await oriented(quad(), tag);
  const { data } = await run(input, 'convert type=png&norotation=true');
  expect(difference(await decoded(data), await decoded(input))).toBe(0);
  expect((await sharp(data).metadata()).orientation).toBe(tag);
});

test('a tag that norotation left is applied by a later step', async () => {
  const steps = ['resize width=60&norotation=true', 'autorotate'];
  const { data, info } = await run(await oriented(quad(), 6), steps);
  expect([info.width, info.height, info.passes]).toEqual([80, 60, 1]);
  expect(corners(await decoded(data))).toEqual([red, green, blue, white]);
  expect((await sharp(data).metadata()).orientation).toBe(1);
});

test('the EXIF orientation is applied last where no step has applied it', async () => {
  const { data } = await run(await oriented(quad(), 6), [], { door: 'inline' });
  expect(corners(await decoded(data))).toEqual([red, green, blue, white]);
});

test.each(['jpeg', 'png', 'webp', 'tiff'])(
  '%s gets no orientation tag that the input lacks',
  async (type) => {
    const { data } = await run(await png(quad()), `convert type=${type}`);
    const { orientation, exif } = await sharp(data).metadata();
    // TIFF readers report the default of the format.
    expect([orientation ?? 1, exif]).toEqual([1, undefined]);
    if (type !== 'tiff') expect(orientation).toBeUndefined();
  },
);

test.each([2, 5, 6, 7])(
  'a large JPEG of orientation %i that shrinks while it loads stays upright',
  async (tag) => {
    const input = await oriented(quad(1600, 1200), tag, 'jpeg');
    for (const step of ['fit width=200&height=200', 'smartcrop width=200&height=150']) {
      const { data, info } = await run(input, ['autorotate', `${step}&type=png`]);
      expect([info.width, info.height, info.passes]).toEqual([200, 150, 1]);
      const off = corners(await decoded(data))
        .flat()
        .map((value, index) => {
          const wanted = [red, green, blue, white].flat()[index] ?? 0;
          return Math.abs(value - wanted);
        });
      expect(Math.max(...off)).toBeLessThan(12);
    }
  },
);
