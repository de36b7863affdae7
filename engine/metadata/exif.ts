import type { Size } from '../transform/geometry.ts';
import {
  directoryAt,
  entriesOf,
  findEntry,
  numberOf,
  offsetIn,
  openTiff,
  type Tiff,
  type TiffEntry,
} from './tiff_directory.ts';
import { shortRow, writeExif } from './tiff_write.ts';

const prefix = 'Exif\0\0';
const tags = {
  orientation: 0x0112,
  exif: 0x8769,
  width: 0xa002,
  height: 0xa003,
  thumbnailAt: 0x0201,
  thumbnailBytes: 0x0202,
  stripAt: 273,
  stripBytes: 279,
};
const shortType = 3;
const longType = 4;

/** A block of EXIF without the six bytes that JPEG, and some WebP, put in front of it. */
export const exifBlock = (exif: Buffer): Buffer =>
  exif.toString('latin1', 0, prefix.length) === prefix ? exif.subarray(prefix.length) : exif;

/** Opens a block of EXIF, with its prefix or without it. */
export const openExif = (exif: Buffer): Tiff | undefined => openTiff(exifBlock(exif));

/** Whether a block of EXIF has a whole directory that is not empty. */
export function hasEntries(exif: Buffer): boolean {
  const tiff = openExif(exif);
  const directory = tiff && directoryAt(tiff, tiff.first);
  return directory?.isWhole === true && directory.entries > 0;
}

/** The orientation tag, 1 to 8; 0 where the tag is missing, undefined where the block is damaged or unusual. */
export function exifOrientation(exif: Buffer): number | undefined {
  const tiff = openExif(exif);
  const directory = tiff && directoryAt(tiff, tiff.first);
  if (tiff === undefined || !directory?.isWhole) return undefined;
  const entry = findEntry(tiff, directory, tags.orientation);
  if (entry === undefined) return 0;
  const value = numberOf(tiff, entry) ?? 0;
  return entry.type === shortType && entry.count === 1 && value >= 1 && value <= 8 ? value : undefined;
}

/** Overwrites the value of an entry that is one number of two or four bytes. */
function writeNumber({ bytes, isLittle }: Tiff, { type, count, fieldAt }: TiffEntry, value: number): void {
  const width = { [shortType]: 2, [longType]: 4 }[type];
  if (width === undefined || count !== 1) return;
  if (isLittle) bytes.writeUIntLE(value, fieldAt, width);
  else bytes.writeUIntBE(value, fieldAt, width);
}

/** The offset of the second directory, and the bytes of its picture. */
function thumbnailOf(tiff: Tiff): { readonly from: number; readonly data: Buffer } | undefined {
  const first = directoryAt(tiff, tiff.first);
  const second = first?.next ? directoryAt(tiff, first.next) : undefined;
  if (second === undefined) return undefined;
  const value = (tag: number): number => {
    const entry = findEntry(tiff, second, tag);
    return (entry && numberOf(tiff, entry)) ?? 0;
  };
  const at = value(tags.thumbnailAt) || value(tags.stripAt);
  const length = value(tags.thumbnailBytes) || value(tags.stripBytes);
  return { from: second.at, data: tiff.bytes.subarray(at, at + length) };
}

/** Removes the thumbnail: its bytes are cut off where they come last, and overwritten elsewhere. */
function dropThumbnail(tiff: Tiff): Buffer {
  const { bytes, isLittle, layout, first } = tiff;
  const thumbnail = thumbnailOf(tiff);
  const directory = directoryAt(tiff, first);
  if (thumbnail === undefined || directory === undefined) return bytes;
  const nextAt = first + layout.countBytes + directory.entries * layout.entryBytes;
  if (isLittle) bytes.writeUInt32LE(0, nextAt);
  else bytes.writeUInt32BE(0, nextAt);
  thumbnail.data.fill(0);
  const isLast = thumbnail.data.byteOffset + thumbnail.data.length === bytes.byteOffset + bytes.length;
  return isLast ? bytes.subarray(0, bytes.length - thumbnail.data.length) : bytes;
}

/**
 * Copies a block with a new orientation (1 to 8) and without its thumbnail, which would show the picture before the
 * conversion. Everything else stays byte for byte, so that offsets in maker notes remain right.
 * @returns undefined where the block is not EXIF.
 */
export function rewriteExif(exif: Buffer, orientation: number): Buffer | undefined {
  const tiff = openTiff(Buffer.from(exifBlock(exif)));
  const directory = tiff && directoryAt(tiff, tiff.first);
  if (tiff === undefined || directory === undefined) return undefined;
  for (const entry of entriesOf(tiff, directory))
    if (entry.tag === tags.orientation) writeNumber(tiff, entry, orientation);
  return dropThumbnail(tiff);
}

/** Copies a block with a new size, where its Exif directory has a size. */
export function setExifSize(exif: Buffer, { width, height }: Size): Buffer {
  const tiff = openTiff(Buffer.from(exif));
  const first = tiff && directoryAt(tiff, tiff.first);
  const pointer = tiff && first && findEntry(tiff, first, tags.exif);
  const inner = tiff && pointer && directoryAt(tiff, offsetIn(tiff, pointer));
  if (!tiff || !inner) return exif;
  for (const entry of entriesOf(tiff, inner)) {
    if (entry.tag === tags.width) writeNumber(tiff, entry, width);
    if (entry.tag === tags.height) writeNumber(tiff, entry, height);
  }
  return tiff.bytes;
}

/** A block with only an orientation. */
export const createOrientationExif = (orientation: number): Buffer =>
  writeExif({ first: [shortRow(tags.orientation, orientation)], exif: [], gps: [] });
