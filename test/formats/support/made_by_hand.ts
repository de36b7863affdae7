/** Files of formats that the engine reads and does not write, built from raw RGBA pixels as their specifications say. */
export interface Rgba {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** The samples of some channels, top row first. */
const samples = ({ data }: Rgba, channels: readonly number[]): number[] =>
  Array.from({ length: data.length / 4 }, (_, pixel) =>
    channels.map((channel) => data[pixel * 4 + channel] ?? 0),
  ).flat();

/** Portable float map: rows from the bottom, floats from 0 to 1. */
export function pfm(picture: Rgba): Buffer {
  const { width, height } = picture;
  const values = samples(picture, [0, 1, 2]);
  const body = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) {
    const row = Math.floor(index / (width * 3));
    body.writeFloatLE(value / 255, ((height - 1 - row) * width * 3 + (index % (width * 3))) * 4);
  }
  return Buffer.concat([Buffer.from(`PF\n${width} ${height}\n-1.0\n`), body]);
}

/** FITS 4.0: cards of 80 characters in blocks of 2880, then grey samples from the bottom row. */
export function fits(picture: Rgba): Buffer {
  const { width, height } = picture;
  const card = (name: string, value: string | number): string =>
    `${name.padEnd(8)}= ${String(value).padStart(20)}`.padEnd(80);
  const cards = [
    card('SIMPLE', 'T'),
    card('BITPIX', 8),
    card('NAXIS', 2),
    card('NAXIS1', width),
    card('NAXIS2', height),
    'END'.padEnd(80),
  ];
  const grey = samples(picture, [1]);
  const rows = Array.from({ length: height }, (_, y) => grey.slice(y * width, (y + 1) * width)).reverse();
  const block = (bytes: Buffer, fill: number): Buffer =>
    Buffer.concat([bytes, Buffer.alloc((2880 - (bytes.length % 2880)) % 2880, fill)]);
  return Buffer.concat([block(Buffer.from(cards.join('')), 0x20), block(Buffer.from(rows.flat()), 0)]);
}

/** DPX 2.0 (SMPTE 268M): RGB, eight bits. */
export function dpx(picture: Rgba): Buffer {
  const body = Buffer.from(samples(picture, [0, 1, 2]));
  const header = Buffer.alloc(2048);
  header.write('SDPX', 0, 'latin1');
  header.writeUInt32BE(2048, 4);
  header.write('V2.0', 8, 'latin1');
  header.writeUInt32BE(2048 + body.length, 16);
  header.writeUInt16BE(1, 770);
  header.writeUInt32BE(picture.width, 772);
  header.writeUInt32BE(picture.height, 776);
  header.set([50, 2, 2, 8], 800);
  header.writeUInt32BE(2048, 808);
  return Buffer.concat([header, body]);
}

type Entry = readonly [tag: number, type: number, values: readonly number[]];
const typeBytes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 10: 4 };

/** One directory of a little-endian TIFF, and the bytes after it. */
function tiffOf(entries: readonly Entry[], body: Buffer): Buffer {
  const directory = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  directory.write('II*\0', 0, 'latin1');
  directory.writeUInt32LE(8, 4);
  directory.writeUInt16LE(entries.length, 8);
  const extra: Buffer[] = [];
  let extraAt = directory.length + body.length;
  for (const [index, [tag, type, values]] of entries.entries()) {
    const size = typeBytes[type] ?? 1;
    const bytes = Buffer.alloc(Math.max(4, values.length * size));
    for (const [at, value] of values.entries()) bytes.writeUIntLE(value >>> 0, at * size, size);
    const place = 10 + index * 12;
    directory.writeUInt16LE(tag, place);
    directory.writeUInt16LE(type, place + 2);
    directory.writeUInt32LE(type === 5 || type === 10 ? values.length / 2 : values.length, place + 4);
    if (bytes.length <= 4) bytes.copy(directory, place + 8);
    else {
      directory.writeUInt32LE(extraAt, place + 8);
      extra.push(bytes);
      extraAt += bytes.length;
    }
  }
  return Buffer.concat([directory, body, ...extra]);
}

const ascii = (text: string): readonly number[] => [...Buffer.from(`${text}\0`)];
const rationals = (values: readonly number[]): readonly number[] =>
  values.flatMap((value) => [Math.round(value * 10_000), 10_000]);

/** Adobe DNG 1.4: a Bayer mosaic (red, green / green, blue) of linear sixteen-bit samples. */
export function dng({ data, width, height }: Rgba): Buffer {
  const body = Buffer.alloc(width * height * 2);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = data[(y * width + x) * 4 + (y % 2) + (x % 2)] ?? 0;
      body.writeUInt16LE(Math.round(65_535 * (value / 255) ** 2.2), (y * width + x) * 2);
    }
  }
  const xyzToRgb = [3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.204, 1.057];
  const entries: readonly Entry[] = [
    [254, 4, [0]],
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, [16]],
    [259, 3, [1]],
    [262, 3, [32_803]],
    [271, 2, ascii('Nobody')],
    [272, 2, ascii('Test')],
    [273, 4, [8 + 2 + 21 * 12 + 4]],
    [274, 3, [1]],
    [277, 3, [1]],
    [278, 4, [height]],
    [279, 4, [body.length]],
    [284, 3, [1]],
    [33_421, 3, [2, 2]],
    [33_422, 1, [0, 1, 1, 2]],
    [50_706, 1, [1, 4, 0, 0]],
    [50_708, 2, ascii('Nobody Test')],
    [50_717, 4, [65_535]],
    [50_721, 10, rationals(xyzToRgb)],
    [50_728, 5, rationals([1, 1, 1])],
  ];
  return tiffOf(entries, body);
}
