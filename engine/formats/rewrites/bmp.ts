import { Problem } from '../../../common/problem.ts';
import { isBmp } from '../sniff/bmp.ts';
import { type BitmapHeader, readBitmapHeader, way } from './bmp_header.ts';
import { unpackRuns } from './bmp_rle.ts';
import { rgbaPam } from './pam.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

const endsEarly = (): Problem =>
  new Problem('corrupt_image', 'Cannot decode image: BMP ends before its last pixel');

/** Unpacks indices to one byte each. Rows end at multiples of four bytes. */
function unpackIndices(stored: Buffer, { width, height, bits }: BitmapHeader): Buffer {
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (stored.length < stride * (height - 1) + Math.ceil((width * bits) / 8)) throw endsEarly();
  const indices = Buffer.alloc(width * height);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const byte = stored[y * stride + Math.floor(x / perByte)] ?? 0;
      indices[y * width + x] = (byte >> (8 - bits * ((x % perByte) + 1))) & mask;
    }
  return indices;
}

/** The palette as one RGBA number per colour. Missing entries are black. */
function readPalette(data: Buffer, { paletteAt, colours, entryBytes }: BitmapHeader): Uint32Array {
  const palette = new Uint32Array(256).fill(0xff000000);
  for (let index = 0; index < colours; index += 1) {
    const at = paletteAt + index * entryBytes;
    const [blue = 0, green = 0, red = 0] = data.subarray(at, at + 3);
    palette[index] = (red | (green << 8) | (blue << 16) | 0xff000000) >>> 0;
  }
  return palette;
}

const rowOf = ({ height, isTopDown }: BitmapHeader, y: number): number => (isTopDown ? y : height - 1 - y);

function unpackPaletted(data: Buffer, header: BitmapHeader): Buffer {
  const { width, height } = header;
  const stored = data.subarray(header.pixelsAt);
  const indices = header.way === way.plain ? unpackIndices(stored, header) : unpackRuns(stored, header);
  const palette = readPalette(data, header);
  const out = new Uint32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = rowOf(header, y) * width;
    for (let x = 0; x < width; x += 1) out[y * width + x] = palette[indices[row + x] ?? 0] ?? 0;
  }
  return Buffer.from(out.buffer);
}

function unpackRuns24(data: Buffer, header: BitmapHeader): Buffer {
  const { width, height } = header;
  const samples = unpackRuns(data.subarray(header.pixelsAt), header);
  const out = Buffer.alloc(width * height * 4, 255);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = (rowOf(header, y) * width + x) * 3;
      for (const channel of [0, 1, 2]) out[(y * width + x) * 4 + channel] = samples[at + 2 - channel] ?? 0;
    }
  return out;
}

const fileHeaderBytes = 14;

/** The masks of colours and opacity, which are in the longer Windows headers or follow the header of 40 bytes. */
const masksOf = (data: Buffer, { at, size, paletteAt }: BitmapHeader): Buffer =>
  data.subarray(at + 40, [40, 52, 56].includes(size) ? paletteAt : at + 40);

/** Writes a header that ImageMagick accepts: it checks lengths, planes and versions more strictly than others. */
function replaceHeader(data: Buffer, header: BitmapHeader): Buffer {
  const { at, size, pixelsAt } = header;
  const masks = masksOf(data, header);
  const isLong = size === 108 || size === 124;
  const dib = Buffer.alloc(isLong ? size : masks.length > 0 ? 56 : 40);
  if (size > 12) data.copy(dib, 0, at, at + Math.min(size, isLong ? size : 40));
  if (!isLong) masks.copy(dib, 40);
  dib.writeUInt32LE(dib.length, 0);
  dib.writeInt32LE(header.width, 4);
  dib.writeInt32LE(header.isTopDown ? -header.height : header.height, 8);
  dib.writeUInt16LE(1, 12);
  dib.writeUInt16LE(header.bits, 14);
  if (header.way === way.alphaBitFields) dib.writeUInt32LE(way.bitFields, 16);
  // In a true-colour picture, the palette is only a hint.
  dib.writeUInt32LE(0, 32);
  const rest = data.subarray(pixelsAt);
  const file = Buffer.alloc(fileHeaderBytes);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(fileHeaderBytes + dib.length + rest.length, 2);
  file.writeUInt32LE(fileHeaderBytes + dib.length, 10);
  return Buffer.concat([file, dib, rest]);
}

/** Corrects lengths in place, because the profile is at an offset from the header. */
function fixLengths(data: Buffer, at: number): Buffer {
  const patched = Buffer.from(data);
  patched.writeUInt32LE(data.length, at - fileHeaderBytes + 2);
  patched.writeUInt16LE(1, at + 12);
  return patched;
}

const indexed = [1, 2, 4, 8];
const runs: readonly number[] = [way.plain, way.rle4, way.rle8];

/** Unpacks bitmaps with a palette. True-colour bitmaps get a header that ImageMagick accepts. */
export const rewriteBmp: Rewrite = (data, { maxPixels }) => {
  const header = isBmp(data) ? readBitmapHeader(data) : undefined;
  if (header === undefined) return { data };
  const { width, height, bits, size, at } = header;
  if (width <= 0 || height === 0)
    throw new Problem('corrupt_image', 'Cannot decode image: BMP has no pixels');
  checkPixels(width, height, maxPixels);
  if (indexed.includes(bits) && runs.includes(header.way))
    return { coder: 'PAM', data: rgbaPam(unpackPaletted(data, header), width, height) };
  if (header.way === way.rle24)
    return { coder: 'PAM', data: rgbaPam(unpackRuns24(data, header), width, height) };
  if (size === 124 && at === fileHeaderBytes) return { data: fixLengths(data, at) };
  return [way.plain, way.bitFields, way.alphaBitFields].some((one) => one === header.way)
    ? { data: replaceHeader(data, header) }
    : { data };
};
