import { afterAll, expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';
import { type Page, type Tag, tiffOfPages } from './support/tiff_by_hand.ts';

afterAll(async () => await isolated.close());

const [width, height] = [20, 18];
/** A sample of a picture, 0 to 1. */
const sample = (x: number, y: number, channel: number): number =>
  channel === 0 ? x / (width - 1) : channel === 1 ? y / (height - 1) : x < width / 2 ? 0.2 : 0.8;

const inColours = drawn(width, height, (x, y) => [
  ...([0, 1, 2].map((channel) => Math.round(255 * sample(x, y, channel))) as [number, number, number]),
  255,
]);
const inGrey = drawn(width, height, (x, y) => {
  const grey = Math.round(255 * sample(x, y, 0));
  return [grey, grey, grey, 255] as [number, number, number, number];
});

const indices = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

/** Numbers of so many bits one after the other, from the highest bit on. */
function packBits(values: readonly number[], bits: number): Buffer {
  const text = values.map((value) => value.toString(2).padStart(bits, '0')).join('');
  return Buffer.from((text.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)));
}

type Store = (value: number) => Buffer;
const whole =
  (bits: number): Store =>
  (value) => {
    const bytes = Buffer.alloc(bits / 8);
    bytes.writeUIntLE(Math.round(value * (2 ** bits - 1)), 0, bits / 8);
    return bytes;
  };
/** Grey of sixteen bits whose lowest number is black. */
const offset: Store = (value) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16LE(Math.round(value * 65_535) - 32_768);
  return bytes;
};

/** A number from 0 to 1 as a half float (IEEE 754 binary16). */
const half: Store = (value) => {
  const bytes = Buffer.alloc(2);
  if (value === 0) return bytes;
  const exponent = Math.max(-14, Math.floor(Math.log2(value)));
  const fraction = Math.round((value / 2 ** exponent - 1) * 1024);
  bytes.writeUInt16LE(((exponent + 15) << 10) + fraction);
  return bytes;
};
const float: Store = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};
const double: Store = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};

const rows = (store: Store, channels: readonly number[]): readonly Buffer[] =>
  indices(height).map((y) =>
    Buffer.concat(indices(width).flatMap((x) => channels.map((channel) => store(sample(x, y, channel))))),
  );

interface Kind {
  readonly bits: number;
  readonly channels: 1 | 3;
  readonly more?: readonly Tag[];
}
const page = (
  { bits, channels, more = [] }: Kind,
  pieces: readonly Buffer[],
  parts: Partial<Page> = {},
): Buffer =>
  tiffOfPages([
    {
      width,
      height,
      bits: Array.from({ length: channels }, () => bits),
      photometric: channels === 1 ? 1 : 2,
      pieces,
      more,
      ...parts,
    },
  ]);

const formats: readonly (readonly [string, number, number, Store])[] = [
  ['unsigned, 8 bits', 8, 1, whole(8)],
  ['unsigned, 16 bits', 16, 1, whole(16)],
  ['unsigned, 32 bits', 32, 1, whole(32)],
  ['signed, 8 bits, of which ImageMagick shows the bits as they are', 8, 2, whole(8)],
  ['float, 16 bits', 16, 3, half],
  ['float, 32 bits', 32, 3, float],
  ['float, 64 bits', 64, 3, double],
];

test.each(formats)('grey and colours of %s are read', async (_, bits, format, store) => {
  for (const channels of [1, 3] as const) {
    const more: readonly Tag[] = [[339, 3, Array.from({ length: channels }, () => format)]];
    const file = page({ bits, channels, more }, [Buffer.concat(rows(store, indices(channels)))]);
    const off = largestDifference(await pixelsOf(file), channels === 1 ? inGrey : inColours);
    expect({ channels, off, isClose: off <= 1 }).toEqual({ channels, off, isClose: true });
  }
});

test.each([2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15])(
  'grey and colours of %i bits are read',
  async (bits) => {
    for (const channels of [1, 3] as const) {
      const most = 2 ** bits - 1;
      const stored = (x: number, y: number, channel: number): number =>
        Math.round(most * sample(x, y, channel));
      const packed = indices(height).map((y) =>
        packBits(
          indices(width).flatMap((x) => indices(channels).map((channel) => stored(x, y, channel))),
          bits,
        ),
      );
      const wanted = drawn(width, height, (x, y) => {
        const eight = (channel: number): number => Math.round((255 * stored(x, y, channel)) / most);
        return channels === 1 ? [eight(0), eight(0), eight(0), 255] : [eight(0), eight(1), eight(2), 255];
      });
      const off = largestDifference(
        await pixelsOf(page({ bits, channels }, [Buffer.concat(packed)])),
        wanted,
      );
      expect({ channels, off, isClose: off <= 1 }).toEqual({ channels, off, isClose: true });
    }
  },
);

test.each([
  [2, 'horizontal differences', 16],
  [3, 'floating-point differences', 32],
] as const)('predictor %i (%s) is undone', async (predictor, _, bits) => {
  const undone = rows(bits === 16 ? whole(16) : float, [0]);
  const predicted = undone.map((row) => {
    if (predictor === 2) {
      const values = indices(width).map((x) => row.readUInt16LE(x * 2));
      const bytes = Buffer.alloc(row.length);
      for (const [x, value] of values.entries())
        bytes.writeUInt16LE((value - (x === 0 ? 0 : (values[x - 1] ?? 0)) + 65_536) % 65_536, x * 2);
      return bytes;
    }
    // All highest bytes first (TIFF, technical note 3), then differences of bytes.
    const planes = indices(4).flatMap((byte) => indices(width).map((x) => row[x * 4 + 3 - byte] ?? 0));
    return Buffer.from(
      planes.map((value, at) => (value - (at === 0 ? 0 : (planes[at - 1] ?? 0)) + 256) % 256),
    );
  });
  const { deflateSync } = await import('node:zlib');
  const more: readonly Tag[] = [
    [317, 3, [predictor]],
    [339, 3, [bits === 16 ? 1 : 3]],
  ];
  const file = page({ bits, channels: 1, more }, [deflateSync(Buffer.concat(predicted))], { compression: 8 });
  expect(largestDifference(await pixelsOf(file), inGrey)).toBeLessThanOrEqual(1);
});

/** Tiles of 16 by 16 of one channel; samples outside of the picture are 0. */
function tilesOf(channels: readonly number[], store: Store = whole(8)): readonly Buffer[] {
  const across = indices(Math.ceil(width / 16));
  const down = indices(Math.ceil(height / 16));
  return down.flatMap((row) =>
    across.map((column) =>
      Buffer.concat(
        indices(16).flatMap((y) =>
          indices(16).flatMap((x) =>
            channels.map((channel) => {
              const [px, py] = [column * 16 + x, row * 16 + y];
              return px < width && py < height ? store(sample(px, py, channel)) : store(0);
            }),
          ),
        ),
      ),
    ),
  );
}

test('signed grey of 16 bits is black at its lowest number, and signed colours are bits as they are', async () => {
  const signed = (channels: number): readonly Tag[] => [[339, 3, indices(channels).map(() => 2)]];
  const grey = page({ bits: 16, channels: 1, more: signed(1) }, [Buffer.concat(rows(offset, [0]))]);
  const colours = page({ bits: 16, channels: 3, more: signed(3) }, [
    Buffer.concat(rows(whole(16), [0, 1, 2])),
  ]);
  expect(largestDifference(await pixelsOf(grey), inGrey)).toBeLessThanOrEqual(1);
  expect(largestDifference(await pixelsOf(colours), inColours)).toBeLessThanOrEqual(1);
});

test('planes in strips and tiles of all channels are read, and so are planes in tiles', async () => {
  const planar: readonly Tag[] = [[284, 3, [2]]];
  const kind: Kind = { bits: 8, channels: 3 };
  const strips = indices(3).map((channel) => Buffer.concat(rows(whole(8), [channel])));
  const tiles = indices(3).flatMap((channel) => tilesOf([channel]));
  const files = [
    page({ ...kind, more: planar }, strips),
    page(kind, tilesOf(indices(3)), { tile: 16 }),
    page({ ...kind, more: planar }, tiles, { tile: 16 }),
  ];
  for (const file of files) expect(largestDifference(await pixelsOf(file), inColours)).toBe(0);
});

/** Grey from 0 to 1 as so many bits, packed by rows. */
const packedRows = (bits: number, channel: number, shown = (value: number) => value): Buffer =>
  Buffer.concat(
    indices(height).map((y) =>
      packBits(
        indices(width).map((x) => Math.round((2 ** bits - 1) * shown(sample(x, y, channel)))),
        bits,
      ),
    ),
  );

const inPlanes: readonly (readonly [string, Kind, readonly Buffer[], Partial<Page>])[] = [
  ['12 bits', { bits: 12, channels: 3 }, indices(3).map((channel) => packedRows(12, channel)), {}],
  [
    'floating point',
    { bits: 32, channels: 3, more: [[339, 3, [3, 3, 3]]] },
    indices(3).map((channel) => Buffer.concat(rows(float, [channel]))),
    {},
  ],
  [
    '16 bits in tiles',
    { bits: 16, channels: 3 },
    indices(3).flatMap((channel) => tilesOf([channel], whole(16))),
    { tile: 16 },
  ],
  [
    'floating point in tiles',
    { bits: 32, channels: 3, more: [[339, 3, [3, 3, 3]]] },
    indices(3).flatMap((channel) => tilesOf([channel], float)),
    { tile: 16 },
  ],
];

test.each(inPlanes)('planes of %s are read', async (_, kind, pieces, parts) => {
  const more: readonly Tag[] = [...(kind.more ?? []), [284, 3, [2]]];
  const file = page({ ...kind, more }, pieces, parts);
  expect(largestDifference(await pixelsOf(file), inColours)).toBeLessThanOrEqual(1);
});

test.each([
  ['black', 8, 1],
  ['white', 8, 0],
  ['black', 16, 1],
  ['white', 16, 0],
] as const)(
  'grey with opacity in planes of strips is read, with %s as 0, of %i bits',
  async (_, bits, photometric) => {
    const more: readonly Tag[] = [
      [284, 3, [2]],
      [338, 3, [2]],
    ];
    const planes = [0, 1].map((channel) => Buffer.concat(rows(whole(bits), [channel])));
    const file = page({ bits, channels: 2 as never, more }, planes, { photometric });
    const wanted = drawn(width, height, (x, y) => {
      const level = Math.round(255 * sample(x, y, 0));
      const shade = photometric === 1 ? level : 255 - level;
      return [shade, shade, shade, Math.round(255 * sample(x, y, 1))];
    });
    expect(largestDifference(await pixelsOf(file), wanted)).toBeLessThanOrEqual(1);
  },
);

test('planes of CMYK in tiles are the same picture as CMYK in strips', async () => {
  const inks = [0, 1, 2, 3].map((channel) => channel % 3);
  const kind = { bits: 8, channels: 4 as never };
  const strips = page(kind, [Buffer.concat(rows(whole(8), inks))], { photometric: 5 });
  const tiles = page(
    { ...kind, more: [[284, 3, [2]]] },
    inks.flatMap((channel) => tilesOf([channel])),
    { photometric: 5, tile: 16 },
  );
  expect(largestDifference(await pixelsOf(tiles), await pixelsOf(strips))).toBe(0);
});

test('integers of 24 and 64 bits are read in strips and tiles', async () => {
  const wide =
    (bits: 24 | 64): Store =>
    (value) => {
      const bytes = Buffer.alloc(bits / 8);
      // The lower bytes are not what the picture shows.
      bytes.fill(0x5a).writeUInt8(Math.round(value * 255), bits / 8 - 1);
      return bytes;
    };
  for (const bits of [24, 64] as const)
    for (const channels of [1, 3] as const) {
      const channelsOf = indices(channels);
      const shown = channels === 1 ? inGrey : inColours;
      const strips = page({ bits, channels }, [Buffer.concat(rows(wide(bits), channelsOf))]);
      const tiles = page({ bits, channels }, tilesOf(channelsOf, wide(bits)), { tile: 16 });
      for (const file of [strips, tiles]) expect(largestDifference(await pixelsOf(file), shown)).toBe(0);
    }
});

test.each([6, 12, 24])('white as 0 is white in %i bits too', async (bits) => {
  const stored =
    bits === 24
      ? Buffer.concat(
          indices(height).flatMap((y) => indices(width).map((x) => whole(24)(1 - sample(x, y, 0)))),
        )
      : packedRows(bits, 0, (value) => 1 - value);
  const off = largestDifference(
    await pixelsOf(page({ bits, channels: 1 }, [stored], { photometric: 0 })),
    inGrey,
  );
  expect(off).toBeLessThanOrEqual(bits === 6 ? 3 : 1);
});

test.each(formats.slice(3))('white as 0 is white in %s too', async (_, bits, format, store) => {
  const more: readonly Tag[] = [[339, 3, [format]]];
  const stored = indices(height).flatMap((y) => indices(width).map((x) => store(1 - sample(x, y, 0))));
  const file = page({ bits, channels: 1, more }, [Buffer.concat(stored)], { photometric: 0 });
  expect(largestDifference(await pixelsOf(file), inGrey)).toBeLessThanOrEqual(1);
});

test('YCbCr without JPEG compression has its colours', async () => {
  // Luma 81, Cb 90, Cr 240 is red (ITU-R BT.601, full range: 238, 14, 13).
  const red = Buffer.from(indices(width * height).flatMap(() => [81, 90, 240]));
  const { data } = await pixelsOf(page({ bits: 8, channels: 3 }, [red], { photometric: 6 }));
  const off = [238, 14, 14].map((value, channel) => Math.abs(value - (data[channel] ?? 0)));
  expect(Math.max(...off)).toBeLessThanOrEqual(3);
});

test('CIELab keeps its opacity', async () => {
  const grey = Buffer.from(
    indices(width * height).flatMap((at) => [at % width < 10 ? 0 : 255, 0, 0, at % 256]),
  );
  const kind = { bits: 8, channels: 4 as never, more: [[338, 3, [2]]] as readonly Tag[] };
  const seen = await pixelsOf(page(kind, [grey], { photometric: 8 }));
  const wanted = [0, 0, 0, 9, 255, 255, 255, 10];
  const off = wanted.map((value, at) => Math.abs(value - (seen.data[4 * 9 + at] ?? 0)));
  expect(Math.max(...off)).toBeLessThanOrEqual(3);
});

test.each([
  [34_712, 'JPEG 2000'],
  [34_887, 'LERC'],
  [34_925, 'LZMA'],
  [50_000, 'Zstandard'],
  [50_002, 'JPEG XL'],
  [65_000, 'method 65000'],
])('compression %i is refused by its name, never shown as black', async (compression, name) => {
  const file = page({ bits: 8, channels: 1 }, [Buffer.concat(rows(whole(8), [0]))], { compression });
  // On the fly reads damaged pictures, whose missing parts are black.
  for (const door of ['onthefly', 'inline'] as const)
    await expect(run(file, { type: 'png' }, { door })).rejects.toMatchObject({
      code: 'unsupported_input',
      message: `TIFF: expected LZW, Deflate, PackBits, JPEG, WebP or no compression, got compression by ${name}`,
    });
});

test('floating point of 24 bits, and numbers with an imaginary part, are refused', async () => {
  for (const [bits, format] of [
    [24, 3],
    [64, 6],
  ] as const) {
    const file = page({ bits, channels: 1, more: [[339, 3, [format]]] }, [
      Buffer.alloc((width * height * bits) / 8),
    ]);
    await expect(pixelsOf(file)).rejects.toMatchObject({ code: 'unsupported_input' });
  }
});

test.each([8, 16] as const)('CIELab of %i bits is read', async (bits) => {
  const most = 2 ** bits - 1;
  const lightness = (x: number): number => Math.round((most * x) / (width - 1));
  const bytes = Buffer.alloc(width * height * 3 * (bits / 8));
  for (const at of indices(width * height))
    bytes.writeUIntLE(lightness(at % width), (at * 3 * bits) / 8, bits / 8);
  const file = page({ bits, channels: 3 }, [bytes], { photometric: 8 });
  const { data, width: seen } = await pixelsOf(file);
  const greys = indices(width).map((x) => data.subarray(x * 4, x * 4 + 3));
  expect(seen).toBe(width);
  // Without a and b it is grey, from black to white.
  for (const grey of greys) expect(Math.max(...grey) - Math.min(...grey)).toBeLessThanOrEqual(3);
  expect([greys[0]?.[1], greys.at(-1)?.[1]]).toEqual([0, 255]);
  expect(Math.abs((greys[10]?.[1] ?? 0) - 125)).toBeLessThanOrEqual(2);
});

/** Old-style JPEG (TIFF 6.0, section 22): a whole JPEG file that tags 513 and 514 point to. */
async function oldJpeg(isTiled: boolean): Promise<Buffer> {
  const side = 16;
  const jpeg = await sharp({ create: { width: side, height: side, channels: 3, background: '#c83c28' } })
    .jpeg({ quality: 95 })
    .toBuffer();
  const make = (at: number): Buffer =>
    tiffOfPages([
      {
        width: side,
        height: side,
        bits: [8, 8, 8],
        photometric: 6,
        compression: 6,
        pieces: [jpeg],
        ...(isTiled ? { tile: side } : {}),
        more: [
          [512, 3, [1]],
          [513, 4, [at]],
          [514, 4, [jpeg.length]],
          [530, 3, [2, 2]],
        ],
      },
    ]);
  return make(make(0).indexOf('\xff\xd8\xff', 'latin1'));
}

test.each([
  ['strips', false],
  ['tiles', true],
] as const)('old-style JPEG in %s is read or refused, never empty', async (_, isTiled) => {
  const file = await oldJpeg(isTiled);
  const seen = await pixelsOf(file).catch(({ code }: { code: string }) => code);
  if (typeof seen === 'string') expect(seen).toBe('corrupt_image');
  else
    expect(
      largestDifference(
        seen,
        drawn(16, 16, () => [200, 60, 40, 255]),
      ),
    ).toBeLessThanOrEqual(4);
});

test('orientation and pages of such a TIFF are kept', async () => {
  const grey = (value: number, more: readonly Tag[] = []): Page => ({
    width: 8,
    height: 4,
    bits: [12],
    photometric: 1,
    pieces: [
      packBits(
        Array.from({ length: 32 }, () => value),
        12,
      ),
    ],
    more,
  });
  const file = tiffOfPages([grey(0, [[274, 3, [6]]]), grey(4095)]);
  const [first, second] = [await run(file, { type: 'png' }), await run(file, { type: 'png', page: 1 })];
  expect(first.info).toMatchObject({ width: 4, height: 8, input: { pages: 2 } });
  expect(second.info).toMatchObject({ width: 8, height: 4 });
  expect((await sharp(second.data).raw().toBuffer())[0]).toBe(255);
});
