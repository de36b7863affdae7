import type { Blocks } from '../blocks.ts';
import { openExif } from '../exif.ts';
import { directoryAt, openTiff } from '../tiff_directory.ts';
import { exifRows, innerDirectories, rowsOf, type TiffRow, writeDirectory } from '../tiff_write.ts';

const tags = { orientation: 274, xmp: 700, iptc: 33_723 };
const type = { byte: 1, undefined: 7 };

const bytesRow = (tag: number, of: number, values: Buffer): TiffRow => ({
  tag,
  type: of,
  count: values.length,
  values,
});

const noRows = { first: [], exif: [], gps: [] };

/** Puts blocks into the first directory of a TIFF, which moves to the end of the file. */
export function intoTiff(file: Buffer, { exif, xmp, iptc }: Blocks): Buffer {
  const tiff = openTiff(file);
  const directory = tiff && directoryAt(tiff, tiff.first);
  // libvips writes little-endian files under 4 GB.
  if (!tiff?.isLittle || tiff.layout.offsetBytes !== 4 || directory === undefined) return file;
  const start = file.length + (file.length % 2);
  const block = exif && openExif(exif);
  const exifEntries = block ? exifRows(block) : noRows;
  const inner = innerDirectories(exifEntries, start);
  const added = [
    // The encoder has written the orientation.
    ...exifEntries.first.filter(({ tag }) => tag !== tags.orientation),
    ...inner.rows,
    ...(xmp ? [bytesRow(tags.xmp, type.byte, xmp)] : []),
    ...(iptc ? [bytesRow(tags.iptc, type.undefined, iptc)] : []),
  ];
  const replaced = new Set(added.map(({ tag }) => tag));
  const rows = [...rowsOf(tiff, directory, (tag) => !replaced.has(tag)), ...added];
  const firstAt = start + inner.bytes.length;
  const padding = Buffer.alloc(start - file.length);
  const whole = Buffer.concat([file, padding, inner.bytes, writeDirectory(rows, firstAt, directory.next)]);
  whole.writeUInt32LE(firstAt, 4);
  return whole;
}
