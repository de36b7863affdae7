/** The widths of numbers: TIFF 6.0, and BigTIFF for files over 4 GB. */
interface Layout {
  /** The offset of the field for the offset of the first directory. */
  readonly firstAt: number;
  readonly countBytes: number;
  readonly entryBytes: number;
  readonly offsetBytes: 4 | 8;
}
const classic: Layout = { firstAt: 4, countBytes: 2, entryBytes: 12, offsetBytes: 4 };
const big: Layout = { firstAt: 8, countBytes: 8, entryBytes: 20, offsetBytes: 8 };

const layouts: Readonly<Record<string, readonly [Layout, isLittle: boolean]>> = {
  'II*\0': [classic, true],
  'MM\0*': [classic, false],
  'II+\0': [big, true],
  'MM\0+': [big, false],
};

/** A TIFF file, or a block of EXIF, which has the same structure. Offsets count from its first byte. */
export interface Tiff {
  readonly bytes: Buffer;
  readonly isLittle: boolean;
  readonly layout: Layout;
  /** The offset of the first directory. */
  readonly first: number;
}

export interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  /** How many values, not bytes. */
  readonly count: number;
  /** The offset of the entry's field of four (BigTIFF: eight) bytes for a value, or for the offset of its values. */
  readonly fieldAt: number;
}

export interface TiffDirectory {
  /** The number of entries that are within the bytes. */
  readonly entries: number;
  /** Whether the whole directory is within the bytes. */
  readonly isWhole: boolean;
  /** The offset of the next directory; 0 after the last one and where the bytes end before it. */
  readonly next: number;
  readonly at: number;
}

/** Bytes per value, by the type of an entry (TIFF 6.0, section 2; BigTIFF: 16 to 18). */
const typeBytes: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4 },
  ...{ 16: 8, 17: 8, 18: 8 },
};

/** Reads an unsigned number of `width` bytes; undefined where it is not within the bytes. */
function readUint({ bytes, isLittle }: Pick<Tiff, 'bytes' | 'isLittle'>, at: number, width: number) {
  if (!(Number.isSafeInteger(at) && at >= 0 && at + width <= bytes.length)) return undefined;
  if (width === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  return isLittle ? bytes.readUIntLE(at, width) : bytes.readUIntBE(at, width);
}

/** Reads the header; undefined where the bytes are not a TIFF. */
export function openTiff(bytes: Buffer): Tiff | undefined {
  const [layout, isLittle] = layouts[bytes.toString('latin1', 0, 4)] ?? [];
  if (layout === undefined || isLittle === undefined) return undefined;
  const first = readUint({ bytes, isLittle }, layout.firstAt, layout.offsetBytes);
  return first === undefined ? undefined : { bytes, isLittle, layout, first };
}

/** Reads the directory at an offset; undefined where its number of entries is not within the bytes. */
export function directoryAt(tiff: Tiff, at: number): TiffDirectory | undefined {
  const { countBytes, entryBytes, offsetBytes } = tiff.layout;
  const count = at === 0 ? undefined : readUint(tiff, at, countBytes);
  if (count === undefined) return undefined;
  const fitting = Math.floor((tiff.bytes.length - at - countBytes) / entryBytes);
  const next = readUint(tiff, at + countBytes + count * entryBytes, offsetBytes) ?? 0;
  return { at, entries: Math.min(count, fitting), isWhole: count <= fitting, next };
}

/** The entries of a directory, in order. */
export function* entriesOf(tiff: Tiff, { at, entries }: TiffDirectory): Generator<TiffEntry> {
  const { countBytes, entryBytes, offsetBytes } = tiff.layout;
  for (let index = 0; index < entries; index += 1) {
    const entryAt = at + countBytes + index * entryBytes;
    yield {
      tag: readUint(tiff, entryAt, 2) ?? 0,
      type: readUint(tiff, entryAt + 2, 2) ?? 0,
      count: readUint(tiff, entryAt + 4, offsetBytes) ?? 0,
      fieldAt: entryAt + 4 + offsetBytes,
    };
  }
}

/** The first entry of a tag. */
export function findEntry(tiff: Tiff, directory: TiffDirectory, tag: number): TiffEntry | undefined {
  for (const entry of entriesOf(tiff, directory)) if (entry.tag === tag) return entry;
  return undefined;
}

/** The entry's field as an offset, whatever its type, as readers follow pointers to directories. */
export const offsetIn = (tiff: Tiff, { fieldAt }: TiffEntry): number =>
  readUint(tiff, fieldAt, tiff.layout.offsetBytes) ?? 0;

/** The offset of the values of an entry. */
function valuesAt(tiff: Tiff, entry: TiffEntry): number {
  const length = entry.count * (typeBytes[entry.type] ?? 1);
  return length <= tiff.layout.offsetBytes ? entry.fieldAt : offsetIn(tiff, entry);
}

/** The bytes of an entry's values, as far as they are within the file: a view, not a copy. */
export function bytesOf(tiff: Tiff, entry: TiffEntry): Buffer {
  const at = valuesAt(tiff, entry);
  const length = entry.count * (typeBytes[entry.type] ?? 1);
  return tiff.bytes.subarray(at, Math.min(at + length, tiff.bytes.length));
}

/** The value at `index` of an entry of unsigned integers; undefined where it is missing. */
export function numberOf(tiff: Tiff, entry: TiffEntry, index = 0): number | undefined {
  const width = typeBytes[entry.type];
  if (width === undefined || ![1, 3, 4, 13, 16, 18].includes(entry.type)) return undefined;
  if (index >= entry.count) return undefined;
  return readUint(tiff, valuesAt(tiff, entry) + index * width, width);
}

/** Counts the directories (pages) that follow each other, up to one more than `most`. */
export function countDirectories(tiff: Tiff, most: number): number {
  let count = 0;
  for (let at = tiff.first; at > 0 && count <= most; count += 1) at = directoryAt(tiff, at)?.next ?? 0;
  return count;
}
