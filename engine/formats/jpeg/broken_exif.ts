import { hasEntries } from '../../metadata/exif.ts';
import { isExif, segmentsOf } from './segments.ts';

/** Marker and length of a segment. */
const headBytes = 4;

/**
 * Removes empty and damaged blocks of EXIF before the first good one. libvips takes the first block, good or not; other
 * readers (ExifTool, WebKit) go on to the next. Returns the file itself if it needs no change.
 */
export function dropBrokenExif(file: Buffer): Buffer {
  const blocks = segmentsOf(file)?.read.filter(isExif) ?? [];
  const good = blocks.findIndex(({ body }) => hasEntries(body));
  if (good <= 0) return file;
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { body } of blocks.slice(0, good)) {
    const at = body.byteOffset - file.byteOffset;
    pieces.push(file.subarray(from, at - headBytes));
    from = at + body.length;
  }
  return Buffer.concat([...pieces, file.subarray(from)]);
}
