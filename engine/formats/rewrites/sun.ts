import { Problem } from '../../../common/problem.ts';
import { rgbPpm } from './pam.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

const headerBytes = 32;
/** Types of a Sun raster (rasterfile(5)): old and standard ones are plain. */
const [packed, inRgbOrder] = [2, 3];
/** The map of colours has all red levels, then green, then blue. */
const equalRgb = 1;
const runMark = 128;

interface Raster {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly type: number;
  /** Levels of the colour map; none: grey, or black where one bit is set. */
  readonly colours: Buffer;
  /** Bytes of a row, which are even. */
  readonly stride: number;
}

const endsEarly = (): Problem =>
  new Problem('corrupt_image', 'Cannot decode image: Sun raster ends before its last pixel');

function headerOf(data: Buffer): Raster & { readonly body: Buffer } {
  if (data.length < headerBytes) throw endsEarly();
  const [width = 0, height = 0, bits = 0, , type = 0, mapType, mapBytes = 0] = Array.from(
    { length: 7 },
    (_, index) => data.readUInt32BE(4 + index * 4),
  );
  if (type > inRgbOrder || ![1, 8, 24, 32].includes(bits) || width === 0 || height === 0)
    throw new Problem(
      'unsupported_input',
      `Sun raster: expected types 0 to 3 of 1, 8, 24 or 32 bits, got type ${type} of ${bits} bits`,
    );
  const bodyAt = headerBytes + mapBytes;
  const colours = mapType === equalRgb ? data.subarray(headerBytes, bodyAt) : Buffer.alloc(0);
  const stride = Math.ceil((width * bits) / 16) * 2;
  return { width, height, bits, type, colours, stride, body: data.subarray(bodyAt) };
}

/** A mark, a count and a byte stand for so many bytes and one more; a mark and 0 for the mark itself. */
function unpack(stored: Buffer, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let made = 0;
  for (let at = 0; made < length && at < stored.length; ) {
    const byte = stored[at] ?? 0;
    const more = byte === runMark ? (stored[at + 1] ?? 0) : 0;
    const value = more > 0 ? (stored[at + 2] ?? 0) : byte;
    bytes.fill(value, made, made + more + 1);
    made += more + 1;
    at += byte !== runMark ? 1 : more > 0 ? 3 : 2;
  }
  return bytes.subarray(0, made);
}

/** Red, green and blue of an index. */
function fromMap({ bits, colours }: Raster, index: number): readonly number[] {
  const count = Math.floor(colours.length / 3);
  if (count > 0) return [0, 1, 2].map((plane) => colours[plane * count + Math.min(index, count - 1)] ?? 0);
  const level = bits === 1 ? 255 * (1 - index) : index;
  return [level, level, level];
}

/** Writes the pixels of a row of indices. */
function drawIndices(raster: Raster, row: Buffer, out: Buffer): void {
  for (let x = 0; x < raster.width; x += 1) {
    const index = raster.bits === 8 ? (row[x] ?? 0) : ((row[x >> 3] ?? 0) >> (7 - (x & 7))) & 1;
    out.set(fromMap(raster, index), x * 3);
  }
}

/** Writes the pixels of a row of colours. Of 32 bits the first eight mean nothing. */
function drawColours({ width, bits, type }: Raster, row: Buffer, out: Buffer): void {
  const [step, skip] = [bits / 8, bits / 8 - 3];
  const order = type === inRgbOrder ? [0, 1, 2] : [2, 1, 0];
  for (let x = 0; x < width; x += 1)
    for (const [channel, from] of order.entries()) out[x * 3 + channel] = row[x * step + skip + from] ?? 0;
}

/** Unpacks Sun rasters: ImageMagick refuses the old type, reads packed colours wrong, and takes padding for opacity. */
export const rewriteSun: Rewrite = (data, { maxPixels }) => {
  const raster = headerOf(data);
  const { width, height, bits, type, stride, body } = raster;
  checkPixels(width, height, maxPixels);
  const stored = type === packed ? unpack(body, stride * height) : body;
  if (stored.length < stride * (height - 1) + Math.ceil((width * bits) / 8)) throw endsEarly();
  const pixels = Buffer.alloc(width * height * 3);
  const draw = bits <= 8 ? drawIndices : drawColours;
  for (let y = 0; y < height; y += 1)
    draw(raster, stored.subarray(y * stride), pixels.subarray(y * width * 3, (y + 1) * width * 3));
  return { coder: 'PPM', data: rgbPpm(pixels, width, height) };
};
