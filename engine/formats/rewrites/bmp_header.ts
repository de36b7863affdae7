import { has } from '../sniff/bytes.ts';

/** Compression methods by their Windows number. OS/2 uses 3 and 4 differently: its numbers are 100 higher here. */
export const way = {
  plain: 0,
  rle8: 1,
  rle4: 2,
  bitFields: 3,
  alphaBitFields: 6,
  rle24: 104,
  huffman: 103,
} as const;

/** The headers of a bitmap. */
export interface BitmapHeader {
  /** Offset of the bitmap header, after the file header. */
  readonly at: number;
  /** Its length, which identifies the version. */
  readonly size: number;
  readonly width: number;
  /** Number of rows. */
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
/** Lengths of Windows headers. Other lengths from 16 to 64 are the second OS/2 version, which may be cut short. */
const windowsSizes = [40, 52, 56, 108, 124];
export const isHeaderSize = (size: number): boolean =>
  size === os2Size || (size >= 16 && size <= 64) || windowsSizes.includes(size);

/** Whether the bytes begin with a bitmap header instead of a file header (`.dib`). */
export function isBareBitmap(head: Buffer): boolean {
  if (head.length < 40 || !windowsSizes.includes(head.readUInt32LE(0))) return false;
  const [width, height] = [head.readInt32LE(4), Math.abs(head.readInt32LE(8))];
  const isSized = width > 0 && width < 65_536 && height > 0 && height < 65_536;
  return isSized && head.readUInt16LE(12) === 1 && [1, 4, 8, 16, 24, 32].includes(head.readUInt16LE(14));
}

/** Offset of the file header, which an array of bitmaps (OS/2) precedes with its own; undefined if there is no header. */
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

/** Reads the headers; undefined if the file is too short. */
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
