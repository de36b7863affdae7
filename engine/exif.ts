import { directoryAt, findEntry, numberOf, openTiff, type Tiff } from './tiff_directory.ts';

const prefix = 'Exif\0\0';
const orientationTag = 0x0112;

/** A block of EXIF without the six bytes that JPEG, and some WebP, put in front of it. */
export const exifBlock = (exif: Buffer): Buffer =>
  exif.toString('latin1', 0, prefix.length) === prefix ? exif.subarray(prefix.length) : exif;

/** Opens a block of EXIF, with its prefix or without it. */
export const openExif = (exif: Buffer): Tiff | undefined => openTiff(exifBlock(exif));

/** The orientation tag, 1 to 8: 0 where there is none, undefined where the block is not plainly built. */
export function exifOrientation(exif: Buffer): number | undefined {
  const tiff = openExif(exif);
  const directory = tiff && directoryAt(tiff, tiff.first);
  if (tiff === undefined || !directory?.isWhole) return undefined;
  const entry = findEntry(tiff, directory, orientationTag);
  if (entry === undefined) return 0;
  const value = numberOf(tiff, entry) ?? 0;
  return entry.type === 3 && entry.count === 1 && value >= 1 && value <= 8 ? value : undefined;
}
