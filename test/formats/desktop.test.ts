import { afterAll, expect, test } from '@jest/globals';
import { defaultLimits } from '../../engine/limits.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { icns } from './support/desktop_by_hand.ts';
import { pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

/** The header of a PCX of 8 x 2 pixels; `palette` in hexadecimal. */
function pcx(
  bits: number,
  planes: number,
  body: string,
  { version = 5, palette = '', end = '' } = {},
): Buffer {
  const head = Buffer.alloc(128);
  head.set([10, version, 1, bits]);
  head.writeUInt16LE(7, 8);
  head.writeUInt16LE(1, 10);
  Buffer.from(palette, 'hex').copy(head, 16);
  head.writeUInt8(planes, 65);
  head.writeUInt16LE(bits, 66);
  return Buffer.concat([head, Buffer.from(body + end, 'hex')]);
}

const [red, green, blue, black, white] = ['ff0000', '00ff00', '0000ff', '000000', 'ffffff'] as const;
const large = `0c${red}${green}${blue}${'000000'.repeat(253)}`;

const fourPlanes = pcx(1, 4, '0f330000c400', { palette: black + red + green + blue });

/** Colours of the first row, in hexadecimal. */
async function firstRow(file: Buffer): Promise<readonly string[]> {
  const { data } = await pixelsOf(file);
  return Array.from({ length: 8 }, (_, x) => data.toString('hex', x * 4, x * 4 + 3));
}

test.each<[string, Buffer, readonly string[]]>([
  ['line art', pcx(1, 1, '0f00'), [...Array(4).fill(black), ...Array(4).fill(white)]],
  [
    'two colours',
    pcx(1, 1, '0f00', { palette: red + blue }),
    [...Array(4).fill(red), ...Array(4).fill(blue)],
  ],
  ['four planes', fourPlanes, [black, black, green, green, red, red, blue, blue]],
  [
    'no palette',
    pcx(1, 4, '0f0000c1ffc400', { version: 3 }),
    [...Array(4).fill('555555'), ...Array(4).fill('5555ff')],
  ],
  [
    'two bits',
    pcx(2, 1, '1bc1e4c200', { palette: black + red + green + blue }),
    [black, red, green, blue, blue, green, red, black],
  ],
  [
    '256 colours',
    pcx(8, 1, 'c400c401c802', { end: large }),
    [...Array(4).fill(red), ...Array(4).fill(green)],
  ],
  ['grey', pcx(8, 1, 'c410c420c830'), [...Array(4).fill('101010'), ...Array(4).fill('202020')]],
])('a PCX of %s has its colours', async (_what, file, colours) => {
  expect(await firstRow(file)).toEqual(colours);
});

/** A Sun raster of 3 x 2 pixels; rows are even (rasterfile(5)). `body` and `map` in hexadecimal. */
function sun(type: number, bits: number, body: string, map = ''): Buffer {
  const head = Buffer.alloc(32);
  const mapBytes = map.length / 2;
  const words = [
    0x59a66a95,
    3,
    2,
    bits,
    type === 0 ? 0 : body.length / 2,
    type,
    Number(mapBytes > 0),
    mapBytes,
  ];
  for (const [index, word] of words.entries()) head.writeUInt32BE(word, index * 4);
  return Buffer.concat([head, Buffer.from(map + body, 'hex')]);
}

const [bgr, xbgr] = ['0000ff00ff00ff000000'.repeat(2), '550000ff5500ff0055ff0000'.repeat(2)];
const levels = red + green + blue;

test.each<[string, Buffer]>([
  ['24 bits', sun(1, 24, bgr)],
  ['24 bits, of the old type', sun(0, 24, bgr)],
  ['24 bits, packed', sun(2, 24, '800100ff00ff00ff800400ff00ff00ff800200')],
  ['24 bits, red first', sun(3, 24, 'ff000000ff000000ff00'.repeat(2))],
  ['32 bits, of which eight mean nothing', sun(1, 32, xbgr)],
  ['32 bits without opacity', sun(1, 32, xbgr.replaceAll('55', '00'))],
  ['32 bits, red first', sun(3, 32, '00ff00000000ff00000000ff'.repeat(2))],
  ['8 bits and a map', sun(1, 8, '00010200'.repeat(2), levels)],
  ['8 bits and a map, packed', sun(2, 8, '000102800100010200', levels)],
])('a Sun raster of %s has its colours', async (_what, file) => {
  const { data, width, height } = await pixelsOf(file);
  const row = `${red}ff${green}ff${blue}ff`;
  expect([width, height, data.toString('hex')]).toEqual([3, 2, row + row]);
});

test('a Sun raster of one bit is black where it is set', async () => {
  const { data } = await pixelsOf(sun(1, 1, 'a000a000'));
  expect([0, 1, 2].map((x) => data[x * 4])).toEqual([0, 255, 0]);
});

test('an X bitmap of shorts, with a hot spot and padded rows, has its pixels', async () => {
  const file = Buffer.from(
    '/* made */\n#define a_width 8\n#define a_height 2\n#define a_x_hot 1\nstatic short a_bits[] = { 0x000f, 0x0000 };',
  );
  expect(await firstRow(file)).toEqual([...Array(4).fill(black), ...Array(4).fill(white)]);
});

test('an X pixmap has its colours by name, number and none', async () => {
  const colours = [
    'red',
    '#0f0',
    '#0000ffff0000',
    '#0000FF',
    'gray50',
    'Light Blue',
    'None',
    'white m black',
  ];
  const lines = colours.map((colour, index) => `"${index} ${index === 7 ? 's x c' : 'c'} ${colour}"`);
  const file = Buffer.from(`/*XPM*/\nstatic char *a[] = {"8 1 8 1",${lines},"01234567"};`);
  const wanted = [red, green, green, blue, '7f7f7f', 'add8e6', black, white];
  expect(await firstRow(file)).toEqual(wanted);
  expect((await pixelsOf(file)).data[6 * 4 + 3]).toBe(0);
});

test('an X pixmap has colours that only X11 names', async () => {
  const file = Buffer.from(
    '/* XPM */ static char *a[] = {"8 1 2 1","a c navy blue","b m white c red3","aaaabbbb"};',
  );
  expect(await firstRow(file)).toEqual([...Array(4).fill('000080'), ...Array(4).fill('cd0000')]);
});

test('a QOI has its colours, whatever it says about light', async () => {
  // A header of one pixel, the pixel itself (QOI_OP_RGBA), and the mark of the end.
  const [head, end] = [
    Buffer.from('qoif\0\0\0\x01\0\0\0\x01\x04', 'latin1'),
    Buffer.from('0000000000000001', 'hex'),
  ];
  for (const light of [0, 1]) {
    const file = Buffer.concat([head, Buffer.of(light, 0xff, 40, 90, 200, 128), end]);
    expect([...(await pixelsOf(file)).data]).toEqual([40, 90, 200, 128]);
  }
});

const solid = (side: number, background: string) =>
  sharp({ create: { width: side, height: side, channels: 3, background } })
    .png()
    .toBuffer();

test('of an icon of macOS the largest picture is shown, packed planes too', async () => {
  const thirty = icns({ il32: Buffer.alloc(32 * 32 * 3, 200), l8mk: Buffer.alloc(32 * 32, 100) });
  const old = await pixelsOf(thirty);
  expect([old.width, [...old.data.subarray(0, 4)]]).toEqual([32, [200, 200, 200, 100]]);
  const plane = (value: string) => Buffer.from(`${`ff${value}`.repeat(7)}ef${value}`, 'hex');
  const runs = await pixelsOf(icns({ il32: Buffer.concat(['c8', '64', '32'].map(plane)) }));
  expect([runs.width, [...runs.data.subarray(-4)]]).toEqual([32, [0xc8, 0x64, 0x32, 255]]);
  const both = icns({ il32: Buffer.alloc(32 * 32 * 3, 200), ic07: await solid(128, '#0f0') });
  const modern = await pixelsOf(both);
  expect([modern.width, [...modern.data.subarray(0, 3)]]).toEqual([128, [0, 255, 0]]);
  const { data: jp2 } = await run(await solid(64, '#00f'), { type: 'jp2', lossless: true });
  const boxed = await pixelsOf(icns({ il32: Buffer.alloc(3072, 9), ic12: jp2 }));
  expect([boxed.width, [...boxed.data.subarray(0, 3)]]).toEqual([64, [0, 0, 255]]);
});

const huge = (() => {
  const file = pcx(8, 3, '');
  file.writeUInt16LE(60_000, 8);
  file.writeUInt16LE(60_000, 10);
  file.writeUInt16LE(60_001, 66);
  return file;
})();

test.each([
  ['PCX that says it is huge', huge, 'too_many_pixels'],
  [
    'X bitmap that says it is huge',
    Buffer.from('#define a_width 60000\n#define a_height 60000\nstatic char a_bits[] = {'),
    'too_many_pixels',
  ],
  [
    'X pixmap that says it is huge',
    Buffer.from('/* XPM */\nstatic char *a[] = {\n"60000 60000 2 1",\n"a c #000000",\n"b c #ffffff"};'),
    'too_many_pixels',
  ],
  ['PCX that ends early', pcx(8, 3, 'c410'), 'corrupt_image'],
  [
    'X bitmap that ends early',
    Buffer.from('#define a_width 16\n#define a_height 16\nstatic char a_bits[] = { 0xff };'),
    'corrupt_image',
  ],
  ['Sun raster that ends early', sun(1, 24, bgr.slice(8)), 'corrupt_image'],
  ['Sun raster of an unknown type', sun(4, 24, bgr), 'unsupported_input'],
  ['icon without a picture', icns({ 'TOC ': Buffer.alloc(16) }), 'corrupt_image'],
])('a %s is refused', async (_what, file, code) => {
  await expect(run(file, { type: 'png' }, { limits: defaultLimits })).rejects.toMatchObject({ code });
});
