import { Problem } from '../../../common/problem.ts';
import { rgbPpm } from './pam.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

/** The header of 128 bytes (ZSoft PCX, revision 5). */
interface Header {
  readonly version: number;
  readonly isPacked: boolean;
  /** Bits of a pixel in one plane. */
  readonly bits: number;
  readonly planes: number;
  readonly width: number;
  readonly height: number;
  /** Bytes of a row of one plane. */
  readonly stride: number;
}

const headerBytes = 128;
/** The palette of 256 colours at the end of a file, and the byte before it. */
const largePalette = { bytes: 768, mark: 12 };
const withoutPalette = 3;

const readHeader = (data: Buffer): Header => ({
  version: data.readUInt8(1),
  isPacked: data.readUInt8(2) === 1,
  bits: data.readUInt8(3),
  planes: data.readUInt8(65),
  width: data.readUInt16LE(8) - data.readUInt16LE(4) + 1,
  height: data.readUInt16LE(10) - data.readUInt16LE(6) + 1,
  stride: data.readUInt16LE(66),
});

/** Bits a pixel in all planes: one that is not in this list is no PCX. */
const depths: readonly string[] = ['1x1', '1x2', '1x3', '1x4', '2x1', '4x1', '8x1', '8x3', '8x4'];

/** Whether a header makes sense as a whole: the first byte alone says too little. */
export function isPcx(head: Buffer): boolean {
  if (head.length < headerBytes || head[0] !== 10 || head[64] !== 0 || (head[2] ?? 2) > 1) return false;
  const { version, bits, planes, width, height, stride } = readHeader(head);
  const isDepth = [0, 2, 3, 4, 5].includes(version) && depths.includes(`${bits}x${planes}`);
  return isDepth && width > 0 && height > 0 && stride * 8 >= width * bits;
}

const endsEarly = (): Problem =>
  new Problem('corrupt_image', 'Cannot decode image: PCX ends before its last pixel');

/** Runs: a byte with its two highest bits set says how often the next one stands. */
function unpack(packed: Buffer, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let at = 0;
  for (let made = 0; made < length; ) {
    const first = packed[at];
    if (first === undefined) throw endsEarly();
    const isRun = first >= 0xc0;
    const count = isRun ? first & 0x3f : 1;
    const value = isRun ? packed[at + 1] : first;
    if (value === undefined) throw endsEarly();
    bytes.fill(value, made, Math.min(length, made + count));
    made += count;
    at += isRun ? 2 : 1;
  }
  return bytes;
}

/** IBM's sixteen colours, for files that say that they have no palette. */
const standard = Buffer.from(
  '0000000000aa00aa0000aaaaaa0000aa00aaaa5500aaaaaa5555555555ff55ff5555ffffff5555ff55ffffff55ffffff',
  'hex',
);

/** Colours by index, three bytes each. */
function paletteOf(data: Buffer, { version, bits, planes }: Header): Buffer {
  const depth = bits * planes;
  if (depth === 8) {
    const at = data.length - largePalette.bytes;
    const isThere = at > headerBytes && data[at - 1] === largePalette.mark && version >= 5;
    return isThere
      ? data.subarray(at)
      : Buffer.from(Array.from({ length: 768 }, (_, index) => Math.floor(index / 3)));
  }
  const stored = data.subarray(16, 64);
  // Programs leave the two colours of line art equal.
  if (depth === 1 && stored.subarray(0, 3).equals(stored.subarray(3, 6)))
    return Buffer.from('000000ffffff', 'hex');
  return version === withoutPalette ? standard : stored;
}

/** The index of a pixel: its bits in each plane, those of the first plane lowest. */
function indexAt(row: Buffer, x: number, { bits, planes, stride }: Header): number {
  let index = 0;
  for (let plane = 0; plane < planes; plane += 1) {
    const byte = row[plane * stride + Math.floor((x * bits) / 8)] ?? 0;
    const shift = 8 - bits - ((x * bits) % 8);
    index |= ((byte >> shift) & (2 ** bits - 1)) << (plane * bits);
  }
  return index;
}

/** A pixel as red, green and blue. */
type ColourAt = (row: Buffer, x: number) => readonly number[];

function colourReader(data: Buffer, header: Header): ColourAt {
  const { bits, planes, stride } = header;
  if (bits === 8 && planes >= 3) return (row, x) => [0, 1, 2].map((plane) => row[plane * stride + x] ?? 0);
  const palette = paletteOf(data, header);
  return (row, x) => {
    const at = indexAt(row, x, header) * 3;
    return [palette[at] ?? 0, palette[at + 1] ?? 0, palette[at + 2] ?? 0];
  };
}

/** PCX is unpacked here, because ImageMagick's coder can be made to hang. */
export const rewritePcx: Rewrite = (data, { maxPixels }) => {
  const header = readHeader(data);
  const { width, height, planes, stride, isPacked } = header;
  checkPixels(width, height, maxPixels);
  if (planes * stride * height > 8 * maxPixels)
    throw new Problem('corrupt_image', 'Cannot decode image: PCX has rows longer than its width');
  const rowBytes = planes * stride;
  const stored = data.subarray(headerBytes);
  const rows = isPacked ? unpack(stored, rowBytes * height) : stored;
  if (rows.length < rowBytes * height) throw endsEarly();
  const colourAt = colourReader(data, header);
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const row = rows.subarray(y * rowBytes, (y + 1) * rowBytes);
    for (let x = 0; x < width; x += 1) pixels.set(colourAt(row, x), (y * width + x) * 3);
  }
  return { coder: 'PPM', data: rgbPpm(pixels, width, height) };
};
