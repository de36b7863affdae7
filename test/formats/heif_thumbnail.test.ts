import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { defaultLimits } from '../../engine/limits.ts';
import type { Params } from '../../engine/params.ts';
import { isolated, run } from './support/conversions.ts';
import { cornersOf, quadrants, watchCodecs } from './support/quadrants.ts';

afterAll(async () => await isolated.close());

/** Red and green above blue and yellow, 1600 x 1100, with a thumbnail of 320 x 220. */
const plain = readFileSync(new URL('fixtures/thumbnail.heic', import.meta.url));
const whole = 1600 * 1100;
const small = 320 * 220;

/** The offsets of a property in the file: that of the picture, and that of its thumbnail. */
const offsetsOf = (type: string): readonly [number, number] => {
  const first = plain.indexOf(type, 0, 'latin1');
  return [first, plain.indexOf(type, first + 4, 'latin1')];
};

/** The file with some properties changed. */
function edit(change: (file: Buffer) => void): Buffer {
  const file = Buffer.from(plain);
  change(file);
  return file;
}

/** Makes a property that tells only bit depths a turn by a quarter to the left. */
function turn(file: Buffer, at: number): void {
  file.write('irot', at, 'latin1');
  file.writeUInt8(1, at + 4);
}

const turned = edit((file) => {
  for (const at of offsetsOf('pixi')) turn(file, at);
});
const [red, green, blue, yellow] = quadrants;

test.each<[string, Params, readonly number[], number]>([
  ['resize', { width: 100 }, [100, 69], small],
  ['resize', { width: 320 }, [320, 220], small],
  ['fit', { width: 300, height: 300 }, [300, 206], small],
  ['crop', { width: 200, height: 200 }, [200, 200], small],
  ['resize', { width: 321 }, [321, 221], whole],
  ['extract', { top: 300, left: 500, areawidth: 600, areaheight: 500 }, [600, 500], whole],
  ['convert', {}, [1600, 1100], whole],
])(
  'of a HEIC with a thumbnail, %s %j gives %j and decodes at most %i pixels',
  async (operation, params, size, pixels) => {
    const { seen, codecs } = watchCodecs();
    const { data, info } = await run(plain, { ...params, type: 'png' }, { operation, codecs });
    expect(await cornersOf(data)).toEqual({ size, colours: quadrants });
    expect(info.input).toMatchObject({ width: 1600, height: 1100, pages: 1 });
    expect(Math.round(seen.bytes / (pixels * 3))).toBe(1);
  },
);

test('a thumbnail that is turned like its picture stands for it', async () => {
  const { seen, codecs } = watchCodecs();
  const { data, info } = await run(turned, { width: 110, type: 'png' }, { operation: 'resize', codecs });
  expect(await cornersOf(data)).toEqual({ size: [110, 160], colours: [green, yellow, red, blue] });
  expect(info.input).toMatchObject({ width: 1100, height: 1600 });
  expect(seen.bytes).toBeLessThan(whole);
});

test.each<[string, (file: Buffer) => void]>([
  ['is turned otherwise', (file) => turn(file, offsetsOf('pixi')[1])],
  ['has another shape', (file) => file.writeUInt32BE(300, offsetsOf('ispe')[1] + 12)],
  ['is not of the main picture', (file) => file.write('cdsc', file.indexOf('thmb'), 'latin1')],
])('a thumbnail that %s is not used', async (_what, change) => {
  const { seen, codecs } = watchCodecs();
  const { data } = await run(edit(change), { width: 100, type: 'png' }, { operation: 'resize', codecs });
  expect(await cornersOf(data)).toEqual({ size: [100, 69], colours: quadrants });
  expect(Math.round(seen.bytes / (whole * 3))).toBe(1);
});

test('a HEIC over the limit of pixels is refused though it has a thumbnail', async () => {
  const limits = { ...defaultLimits, MAX_INPUT_MEGAPIXELS: 1.7 };
  const refused = run(plain, { width: 100, type: 'png' }, { operation: 'resize', limits });
  await expect(refused).rejects.toMatchObject({ code: 'too_many_pixels' });
});
