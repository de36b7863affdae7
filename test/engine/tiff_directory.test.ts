import { expect, test } from '@jest/globals';
import { isRaw } from '../../engine/formats/sniff/raw.ts';
import { creditsOf } from '../../engine/metadata/credits.ts';
import { exifOrientation } from '../../engine/metadata/exif.ts';
import { hasExifOver } from '../../engine/metadata/exif_size.ts';
import {
  bytesOf,
  countDirectories,
  directoryAt,
  entriesOf,
  findEntry,
  numberOf,
  openTiff,
} from '../../engine/metadata/tiff_directory.ts';

/** Tag, type, count, and the field of four (BigTIFF: eight) bytes. */
type TiffRow = readonly [tag: number, type: number, count: number, field: number];

interface Shape {
  readonly little: boolean;
  readonly big: boolean;
}
const shapes: readonly Shape[] = [true, false].flatMap((little) =>
  [true, false].map((big) => ({ little, big })),
);

/** A TIFF of one directory right behind the header, and what follows it. */
function tiffOf({ little, big }: Shape, rows: readonly TiffRow[], rest = ''): Buffer {
  const uint = (value: number, bytes: number): Buffer => {
    const low = Buffer.alloc(bytes);
    if (little) low.writeUIntLE(value, 0, Math.min(bytes, 6));
    else low.writeUIntBE(value, Math.max(0, bytes - 6), Math.min(bytes, 6));
    return low;
  };
  const wide = big ? 8 : 4;
  const field = (type: number, value: number): Buffer => {
    const narrow = type === 3 ? uint(value, 2) : uint(value, type === 4 ? 4 : wide);
    return Buffer.concat([narrow, Buffer.alloc(wide - narrow.length)]);
  };
  const head = big ? [uint(43, 2), uint(8, 2), uint(0, 2), uint(16, 8)] : [uint(42, 2), uint(8, 4)];
  return Buffer.concat([
    Buffer.from(little ? 'II' : 'MM'),
    ...head,
    uint(rows.length, big ? 8 : 2),
    ...rows.flatMap(([tag, type, count, value]) => [
      uint(tag, 2),
      uint(type, 2),
      uint(count, wide),
      field(type, value),
    ]),
    uint(0, wide),
    Buffer.from(rest),
  ]);
}

/** The offset behind one directory of so many entries. */
const behind = ({ big }: Shape, rows: number): number =>
  big ? 16 + 8 + 20 * rows + 8 : 8 + 2 + 12 * rows + 4;

test.each(shapes)('entries are read from a TIFF with little endian %o', (shape) => {
  const text = 'Zoë and others\0';
  const length = Buffer.byteLength(text);
  const rows: readonly TiffRow[] = [
    [0x0112, 3, 1, 6],
    [315, 2, length, behind(shape, 3)],
    [0x8769, 4, 1, 77_777],
  ];
  const tiff = openTiff(tiffOf(shape, rows, text));
  const directory = tiff && directoryAt(tiff, tiff.first);
  if (!tiff || !directory) throw new Error('not opened');
  expect(directory).toMatchObject({ entries: 3, isWhole: true, next: 0 });
  expect([...entriesOf(tiff, directory)].map(({ tag, type, count }) => [tag, type, count])).toEqual(
    rows.map(([tag, type, count]) => [tag, type, count]),
  );
  const number = (tag: number): number | undefined => {
    const entry = findEntry(tiff, directory, tag);
    return entry && numberOf(tiff, entry);
  };
  expect([number(0x0112), number(0x8769), number(315), number(1)]).toEqual([6, 77_777, undefined, undefined]);
  const artist = findEntry(tiff, directory, 315);
  expect(artist && bytesOf(tiff, artist).toString()).toBe(text);
  expect(countDirectories(tiff, 10)).toBe(1);
  expect(creditsOf(tiff.bytes)?.includes('Zoë and others\0')).toBe(true);
  expect(exifOrientation(tiff.bytes)).toBe(6);
});

const outside = (offset: number, shape: Shape): Buffer => {
  const bytes = Buffer.alloc(16);
  tiffOf(shape, []).copy(bytes, 0, 0, 16);
  const at = shape.big ? 8 : 4;
  if (shape.little) bytes.writeUInt32LE(offset, at);
  else bytes.writeUInt32BE(offset, shape.big ? at + 4 : at);
  return bytes.subarray(0, shape.big ? 16 : 8);
};

test.each(
  [1, 7, 8, 16, 30_894, 2 ** 31, 2 ** 32 - 1].flatMap((offset) =>
    shapes.map((shape) => [offset, shape] as const),
  ),
)('a directory at offset %i, outside the file or in its header, harms no reader %o', (offset, shape) => {
  const bytes = outside(offset, shape);
  const tiff = openTiff(bytes);
  if (!tiff) throw new Error('not opened');
  expect(countDirectories(tiff, 100)).toBeLessThanOrEqual(101);
  expect(creditsOf(bytes)).toBeUndefined();
  expect([0, undefined]).toContain(exifOrientation(bytes));
  expect(hasExifOver(bytes, 100)).toBe(false);
  expect(isRaw(bytes)).toBe(false);
});

test.each(shapes)('no byte, whatever it says, and no cut makes a reader throw %o', (shape) => {
  const rows: readonly TiffRow[] = [
    [0x0112, 3, 1, 6],
    [271, 2, 20, 12],
    [315, 2, 20, behind(shape, 4)],
    [0x8769, 4, 1, 8],
  ];
  const whole = tiffOf(shape, rows, 'Somebody or other\0');
  const readAll = (bytes: Buffer): void => {
    const tiff = openTiff(bytes);
    const directory = tiff && directoryAt(tiff, tiff.first);
    if (tiff) countDirectories(tiff, 50);
    if (tiff && directory)
      for (const entry of entriesOf(tiff, directory)) {
        numberOf(tiff, entry, 3);
        bytesOf(tiff, entry);
      }
    creditsOf(bytes);
    exifOrientation(bytes);
    hasExifOver(bytes, 50);
    isRaw(bytes);
  };
  for (let at = 0; at < whole.length; at += 1) {
    expect(() => readAll(whole.subarray(0, at))).not.toThrow();
    for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
      const bent = Buffer.from(whole);
      bent.fill(value, at, Math.min(at + 4, bent.length));
      expect(() => readAll(bent)).not.toThrow();
    }
  }
});

test('a chain of directories that never ends is counted up to the limit', () => {
  const bytes = tiffOf({ little: true, big: false }, []);
  bytes.writeUInt32LE(8, 10);
  const tiff = openTiff(bytes);
  expect(tiff && countDirectories(tiff, 2_000)).toBe(2_001);
});
