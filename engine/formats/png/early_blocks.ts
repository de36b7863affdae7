import { exifBlock } from '../../metadata/exif.ts';
import { chunkBytes, chunksOf, type PngChunk } from '../apng/chunks.ts';

/** Length and type of a chunk. */
const chunkHeadBytes = 8;

/** The keyword of XMP (XMP part 3, 1.1.5). */
const xmpMark = 'XML:com.adobe.xmp';

export const isXmp = ({ type, data }: PngChunk): boolean =>
  type === 'iTXt' && data.toString('latin1', 0, xmpMark.length) === xmpMark;

/** Whether a chunk holds EXIF or XMP that libpng would not find there: after the pixels, or with the prefix of JPEG. */
const isUnseen = (chunk: PngChunk, isLate: boolean): boolean =>
  (chunk.type === 'eXIf' && (isLate || exifBlock(chunk.data) !== chunk.data)) || (isLate && isXmp(chunk));

/** Chunks of EXIF and XMP that libpng reads no metadata from. */
export function unseenBlocks(file: Buffer): readonly PngChunk[] {
  const unseen: PngChunk[] = [];
  let isLate = false;
  for (const chunk of chunksOf(file)) {
    if (isUnseen(chunk, isLate)) unseen.push(chunk);
    isLate ||= chunk.type === 'IDAT';
  }
  return unseen;
}

/**
 * Puts EXIF and XMP before the pixels, where libpng finds them with the header. They may come later (PNG, 5.6), and do
 * in files by ImageMagick. Returns the file itself if it needs no change.
 */
export function moveBlocks(file: Buffer): Buffer {
  const unseen = unseenBlocks(file);
  const pixels = [...chunksOf(file)].find(({ type }) => type === 'IDAT');
  if (unseen.length === 0 || pixels === undefined) return file;
  const at = pixels.data.byteOffset - file.byteOffset - chunkHeadBytes;
  // libpng takes the first of several.
  const early = unseen.map(({ type, data }) =>
    chunkBytes({ type, data: type === 'eXIf' ? exifBlock(data) : data }),
  );
  return Buffer.concat([file.subarray(0, at), ...early, file.subarray(at)]);
}
