import type { Blocks } from '../blocks.ts';
import { boxBytes, boxesOf } from './boxes.ts';

const signature = boxBytes('JXL ', Buffer.from('\r\n\x87\n', 'latin1'));
const fileType = boxBytes('ftyp', Buffer.from('jxl \0\0\0\0jxl ', 'latin1'));

/** Puts blocks into a JPEG XL (ISO/IEC 18181-2): a bare codestream gets a container. */
export function intoJxl(file: Buffer, { exif, xmp }: Blocks): Buffer {
  const isBare = file.readUInt16BE(0) === 0xff0a;
  return Buffer.concat([
    ...(isBare ? [signature, fileType, boxBytes('jxlc', file)] : [file]),
    // The first four bytes are the distance to the header of the block.
    ...(exif ? [boxBytes('Exif', Buffer.alloc(4), exif)] : []),
    ...(xmp ? [boxBytes('xml ', xmp)] : []),
  ]);
}

/** Removes the EXIF of a JPEG XL. ImageMagick would take its orientation instead of the codestream's. */
export function withoutExif(file: Buffer): Buffer {
  if (file.readUInt16BE(0) === 0xff0a) return file;
  const boxes = [...boxesOf(file)];
  if (!boxes.some(({ type }) => type === 'Exif')) return file;
  return Buffer.concat(
    boxes.filter(({ type }) => type !== 'Exif').map(({ type, body }) => boxBytes(type, body)),
  );
}
