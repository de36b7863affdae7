import { has } from '../sniff/bytes.ts';

/** Windows' numbers for ways to store pixels; OS/2 has others of its own from 3 on. */
export const way = {
  plain: 0,
  rle8: 1,
  rle4: 2,
  bitFields: 3,
  alphaBitFields: 6,
  rle24: 104,
  huffman: 103,
} as const;

/** What the headers of a bitmap say. */
export interface BitmapHeader {
  /** Where the header of the bitmap lies, behind that of the file. */
  readonly at: number;
  /** Its length, which tells the versions apart. */
  readonly size: number;
  readonly width: number;
  /** Rows, and whether the first one is the top one. */
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: number;
  readonly way: number;
  readonly colours: number;
  readonly paletteAt: number;
  /** Bytes of an entry of the palette. */
  readonly entryBytes: 3 | 4;
  readonly pixelsAt: number;
}

const os2Size = 12;
/** Headers of Windows; any other length from 16 to 64 is OS/2's second version, cut short or whole. */
const windowsSizes = [40, 52, 56, 108, 124];
export const isHeaderSize = (size: number): boolean =>
  size === os2Size || (size >= 16 && size <= 64) || windowsSizes.includes(size);

/** Whether a bitmap's header lies at the start, without that of a file: a `.dib`. */
export function isBareBitmap(head: Buffer): boolean {
  if (head.length < 40 || !windowsSizes.includes(head.readUInt32LE(0))) return false;
  const [width, height] = [head.readInt32LE(4), Math.abs(head.readInt32LE(8))];
  const isSized = width > 0 && width < 65_536 && height > 0 && height < 65_536;
  return isSized && head.readUInt16LE(12) === 1 && [1, 4, 8, 16, 24, 32].includes(head.readUInt16LE(14));
}

/** Offset of the file's header: an array of bitmaps (OS/2) has one of its own before it. Undefined: there is none. */
function fileHeaderAt(data: Buffer): number | undefined {
  if (has(data, 'BM')) return 0;
  return has(data, 'BA') && has(data, 'BM', 14) ? 14 : undefined;
}

const wayOf = (dib: Buffer, isOs2: boolean): number => {
  const stored = dib.readUInt32LE(16);
  return isOs2 && stored >= 3 ? stored + 100 : stored;
};

function masksBytes(size: number, stored: number): number {
  if (size !== 40) return 0;
  return stored === way.bitFields ? 12 : stored === way.alphaBitFields ? 16 : 0;
}

/** Reads the headers; undefined where the bytes are too few. */
export function readBitmapHeader(data: Buffer): BitmapHeader | undefined {
  const fileAt = fileHeaderAt(data);
  const at = fileAt === undefined ? 0 : fileAt + 14;
  if (data.length < at + 16) return undefined;
  const size = data.readUInt32LE(at);
  const dib = Buffer.alloc(64);
  data.copy(dib, 0, at, at + Math.min(size, 64));
  const isFirst = size === os2Size;
  const [width, height] = isFirst
    ? [dib.readUInt16LE(4), dib.readInt16LE(6)]
    : [dib.readInt32LE(4), dib.readInt32LE(8)];
  const bits = dib.readUInt16LE(isFirst ? 10 : 14);
  const stored = isFirst ? way.plain : wayOf(dib, !windowsSizes.includes(size));
  const entries = isFirst ? 0 : dib.readUInt32LE(32);
  const most = bits <= 8 ? 2 ** bits : 0;
  const entryBytes = isFirst ? 3 : 4;
  const paletteAt = at + size + masksBytes(size, stored);
  const bareAt = paletteAt + (entries || most) * entryBytes;
  return {
    at,
    size,
    width,
    height: Math.abs(height),
    isTopDown: height < 0,
    bits,
    way: stored,
    colours: Math.min(entries || most, most),
    paletteAt,
    entryBytes,
    pixelsAt: fileAt === undefined ? bareAt : data.readUInt32LE(fileAt + 10),
  };
}
