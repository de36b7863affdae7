import { checkPixels, type Rewrite } from './rewrite.ts';

const directoryBytes = 6;
const entryBytes = 16;
const headerBytes = 40;

/** A bitmap in an icon: its pixels from the bottom row on, then a mask of one bit a pixel. */
interface IconBitmap {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly pixelsAt: number;
  readonly stride: number;
  /** Offset and length of a row of the mask; undefined where the file has none. */
  readonly mask?: { readonly at: number; readonly stride: number };
}

interface Entry {
  /** Its row of the directory. */
  readonly row: Buffer;
  readonly bytes: Buffer;
}

const alignedBytes = (bits: number): number => Math.ceil(bits / 32) * 4;

/** The pictures of an icon; undefined where they overlap or end outside of the file. */
function entriesOf(data: Buffer): readonly Entry[] | undefined {
  const count = data.readUInt16LE(4);
  if (directoryBytes + count * entryBytes > data.length) return undefined;
  const entries = Array.from({ length: count }, (_, index) => {
    const at = directoryBytes + index * entryBytes;
    const [length, start] = [data.readUInt32LE(at + 8), data.readUInt32LE(at + 12)];
    return { row: data.subarray(at, at + entryBytes), bytes: data.subarray(start, start + length) };
  });
  const total = entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return total <= data.length ? entries : undefined;
}

/** Rows of the mask should end at multiples of four bytes, but some programs write whole bytes only (Pillow). */
function maskOf({ width, height }: { readonly width: number; readonly height: number }, bytes: number) {
  return [alignedBytes(width), Math.ceil(width / 8)].find((stride) => stride * height <= bytes);
}

/** Reads the header of an uncompressed bitmap; undefined for other pictures, and where pixels are missing. */
function bitmapOf({ row, bytes }: Entry): IconBitmap | undefined {
  if (bytes.length < headerBytes || bytes.readUInt32LE(0) !== headerBytes) return undefined;
  const [width, rows, bits] = [bytes.readInt32LE(4), bytes.readInt32LE(8), bytes.readUInt16LE(14)];
  if (width <= 0 || rows <= 0 || bytes.readUInt32LE(16) !== 0) return undefined;
  if (![1, 4, 8, 16, 24, 32].includes(bits)) return undefined;
  // The rows of the mask count too, except where there is none.
  const height = rows === (row[1] || 256) ? rows : Math.floor(rows / 2);
  const colours = bits <= 8 ? bytes.readUInt32LE(32) || 2 ** bits : 0;
  const pixelsAt = headerBytes + colours * 4;
  const stride = alignedBytes(width * bits);
  const at = pixelsAt + stride * height;
  if (at > bytes.length) return undefined;
  const mask = maskOf({ width, height }, bytes.length - at);
  const parts = { bytes, width, height, bits, pixelsAt, stride };
  return mask === undefined ? parts : { ...parts, mask: { at, stride: mask } };
}

const isClear = ({ bytes, bits, pixelsAt, stride, height }: IconBitmap): boolean => {
  if (bits !== 32) return false;
  for (let at = pixelsAt + 3; at < pixelsAt + stride * height; at += 4) if (bytes[at]) return false;
  return true;
};

/** ImageMagick reads no 16 bits and no short mask, and takes opacity that is 0 everywhere for clear. */
const isUnusual = (bitmap: IconBitmap): boolean =>
  bitmap.bits === 16 || bitmap.mask?.stride !== alignedBytes(bitmap.width) || isClear(bitmap);

/** Red, green and blue of five bits each as blue, green and red of eight. */
const fromFiveBits = (value: number): readonly number[] =>
  [0, 5, 10].map((shift) => Math.round((((value >> shift) & 31) * 255) / 31));

/** Blue, green and red of a pixel. */
function colourAt(bitmap: IconBitmap, x: number, y: number): Iterable<number> {
  const { bytes, bits, pixelsAt, stride } = bitmap;
  const at = pixelsAt + y * stride + ((x * bits) >> 3);
  if (bits === 16) return fromFiveBits(bytes.readUInt16LE(at));
  if (bits > 16) return bytes.subarray(at, at + 3);
  const index = ((bytes[at] ?? 0) >> (8 - bits - ((x * bits) & 7))) & (2 ** bits - 1);
  const entry = headerBytes + Math.min(index, (pixelsAt - headerBytes) / 4 - 1) * 4;
  return bytes.subarray(entry, entry + 3);
}

/** The same bitmap in 32 bits. Opacity is its own where there is some, otherwise that of the mask. */
function redraw(bitmap: IconBitmap): Buffer {
  const { bytes, width, height, bits, pixelsAt, stride, mask } = bitmap;
  const hasOpacity = bits === 32 && !isClear(bitmap);
  const isMasked = (x: number, y: number): boolean =>
    mask !== undefined && (((bytes[mask.at + y * mask.stride + (x >> 3)] ?? 0) << (x & 7)) & 0x80) !== 0;
  const drawn = Buffer.alloc(headerBytes + (width * 4 + alignedBytes(width)) * height);
  drawn.writeUInt32LE(headerBytes, 0);
  drawn.writeInt32LE(width, 4);
  drawn.writeInt32LE(height * 2, 8);
  drawn.writeUInt16LE(1, 12);
  drawn.writeUInt16LE(32, 14);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const at = headerBytes + (y * width + x) * 4;
      drawn.set([...colourAt(bitmap, x, y)], at);
      const own = bytes[pixelsAt + y * stride + x * 4 + 3] ?? 0;
      drawn[at + 3] = hasOpacity ? own : isMasked(x, y) ? 0 : 255;
    }
  return drawn;
}

function joinEntries(head: Buffer, entries: readonly Entry[]): Buffer {
  let offset = directoryBytes + entries.length * entryBytes;
  const rows = entries.map(({ row, bytes }) => {
    const copy = Buffer.from(row);
    copy.writeUInt32LE(bytes.length, 8);
    copy.writeUInt32LE(offset, 12);
    offset += bytes.length;
    return copy;
  });
  return Buffer.concat([head.subarray(0, directoryBytes), ...rows, ...entries.map(({ bytes }) => bytes)]);
}

/** Redraws bitmaps of icons and cursors that ImageMagick refuses or reads wrong. */
export const rewriteIco: Rewrite = (data, { maxPixels }) => {
  const entries = entriesOf(data);
  const bitmaps = entries?.map(bitmapOf);
  const unusual = bitmaps?.map((bitmap) => (bitmap && isUnusual(bitmap) ? bitmap : undefined));
  if (!entries || !unusual?.some((one) => one)) return { data };
  checkPixels(
    unusual.reduce((sum, one) => sum + (one ? one.width * one.height : 0), 0),
    1,
    maxPixels,
  );
  const redrawn = entries.map(({ row, bytes }, index) => {
    const bitmap = unusual[index];
    return { row, bytes: bitmap ? redraw(bitmap) : bytes };
  });
  return { data: joinEntries(data, redrawn) };
};
