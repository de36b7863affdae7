import {
  bytesOf,
  directoryAt,
  entriesOf,
  findEntry,
  numberOf,
  type Tiff,
  type TiffDirectory,
} from './tiff_directory.ts';

/** An entry of a classic little-endian directory, with the bytes of its values. */
export interface TiffRow {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly values: Buffer;
}

const asciiType = 2;
const longType = 4;

/** Bytes that swap together, by the type of an entry; a rational is two numbers of four. */
const swapWidths: Readonly<Record<number, 2 | 4 | 8>> = {
  ...{ 3: 2, 4: 4, 5: 4, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8, 13: 4 },
};

function littleEndian({ isLittle }: Tiff, type: number, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const width = swapWidths[type];
  if (isLittle || width === undefined || copy.length % width !== 0) return copy;
  if (width === 2) return copy.swap16();
  return width === 4 ? copy.swap32() : copy.swap64();
}

/** Text in EXIF: UTF-8 and a zero byte. */
export function textRow(tag: number, text: string): TiffRow {
  const values = Buffer.from(`${text}\0`);
  return { tag, type: asciiType, count: values.length, values };
}

function longRow(tag: number, value: number): TiffRow {
  const values = Buffer.alloc(4);
  values.writeUInt32LE(value);
  return { tag, type: longType, count: 1, values };
}

export function shortRow(tag: number, value: number): TiffRow {
  const values = Buffer.alloc(2);
  values.writeUInt16LE(value);
  return { tag, type: 3, count: 1, values };
}

/** The entries of a directory that `isWanted`, as rows. */
export const rowsOf = (
  tiff: Tiff,
  directory: TiffDirectory,
  isWanted: (tag: number) => boolean,
): readonly TiffRow[] =>
  [...entriesOf(tiff, directory)]
    .filter(({ tag }) => isWanted(tag))
    .map((entry) => {
      const { tag, type, count } = entry;
      return { tag, type, count, values: littleEndian(tiff, type, bytesOf(tiff, entry)) };
    });

const even = (length: number): number => length + (length % 2);

/** Writes a directory and its values, for the offset `at` (even). `next`: the offset of the next directory. */
export function writeDirectory(rows: readonly TiffRow[], at: number, next = 0): Buffer {
  const sorted = rows.toSorted((a, b) => a.tag - b.tag);
  const head = Buffer.alloc(2 + 12 * sorted.length + 4);
  head.writeUInt16LE(sorted.length);
  head.writeUInt32LE(next, head.length - 4);
  const parts: Buffer[] = [head];
  let end = head.length;
  for (const [index, { tag, type, count, values }] of sorted.entries()) {
    const entryAt = 2 + 12 * index;
    head.writeUInt16LE(tag, entryAt);
    head.writeUInt16LE(type, entryAt + 2);
    head.writeUInt32LE(count, entryAt + 4);
    if (values.length <= 4) {
      values.copy(head, entryAt + 8);
      continue;
    }
    head.writeUInt32LE(at + end, entryAt + 8);
    parts.push(values, Buffer.alloc(values.length % 2));
    end += even(values.length);
  }
  return Buffer.concat(parts);
}

const pointers = { exif: 0x8769, gps: 0x8825 };
/** Of the first directory: description, camera, resolution, software, time, author, copyright. */
const keptTags: ReadonlySet<number> = new Set([...[270, 271, 272, 274, 305, 306, 315, 316, 33_432]]);
/** Entries of the Exif directory that are offsets, or that mean nothing in another file. */
const omittedTags: ReadonlySet<number> = new Set([0xa005]);

function rowsThrough(tiff: Tiff, directory: TiffDirectory, pointer: number): readonly TiffRow[] {
  const entry = findEntry(tiff, directory, pointer);
  const at = entry && numberOf(tiff, entry);
  const inner = at === undefined ? undefined : directoryAt(tiff, at);
  return inner ? rowsOf(tiff, inner, (tag) => !omittedTags.has(tag)) : [];
}

/** The rows of EXIF: those of the first directory that describe the picture, and the Exif and GPS directories. */
export interface ExifRows {
  readonly first: readonly TiffRow[];
  readonly exif: readonly TiffRow[];
  readonly gps: readonly TiffRow[];
}

export function exifRows(tiff: Tiff): ExifRows {
  const directory = directoryAt(tiff, tiff.first);
  if (directory === undefined) return { first: [], exif: [], gps: [] };
  return {
    first: rowsOf(tiff, directory, (tag) => keptTags.has(tag)),
    exif: rowsThrough(tiff, directory, pointers.exif),
    gps: rowsThrough(tiff, directory, pointers.gps),
  };
}

/** The Exif and GPS directories for the offset `at`, and the pointers to them for the first directory. */
export function innerDirectories(
  { exif, gps }: ExifRows,
  at: number,
): { bytes: Buffer; rows: readonly TiffRow[] } {
  const parts: Buffer[] = [];
  const rows: TiffRow[] = [];
  let end = at;
  for (const [inner, tag] of [[exif, pointers.exif] as const, [gps, pointers.gps] as const]) {
    if (inner.length === 0) continue;
    const bytes = writeDirectory(inner, end);
    rows.push(longRow(tag, end));
    parts.push(bytes);
    end += bytes.length;
  }
  return { bytes: Buffer.concat(parts), rows };
}

const headerBytes = 8;

/** Writes a block of EXIF. */
export function writeExif(rows: ExifRows): Buffer {
  const inner = innerDirectories(rows, headerBytes);
  const firstAt = headerBytes + inner.bytes.length;
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1');
  header.writeUInt32LE(firstAt, 4);
  return Buffer.concat([header, inner.bytes, writeDirectory([...rows.first, ...inner.rows], firstAt)]);
}
