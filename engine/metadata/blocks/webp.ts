import type { Encoded } from '../../formats/format.ts';
import type { Blocks } from '../blocks.ts';

/** Flags of the extended header (WebP container specification). */
const flags = { alpha: 0x10, exif: 0x08, xmp: 0x04, animation: 0x02 };
const riffBytes = 12;
const flagsAt = riffBytes + 8;

const isExtended = (file: Buffer): boolean => file.toString('latin1', riffBytes, riffBytes + 4) === 'VP8X';

/**
 * Sets the flag of opacity of an animation, in place. libwebp leaves it out where all frames are opaque, although they
 * may leave places clear, which some readers then show in black.
 */
export function flagAlpha(file: Buffer): void {
  const own = file[flagsAt] ?? 0;
  if (isExtended(file) && own & flags.animation) file[flagsAt] = own | flags.alpha;
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** The extended header for a file without one. VP8L has a flag for opacity in its fifth byte. */
function extendedHeader(file: Buffer, { width, height }: Encoded): Buffer {
  const isLossless = file.toString('latin1', riffBytes, riffBytes + 4) === 'VP8L';
  const hasAlpha = isLossless && ((file[riffBytes + 8 + 4] ?? 0) & 0x10) !== 0;
  const data = Buffer.alloc(10);
  data[0] = hasAlpha ? flags.alpha : 0;
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return chunk('VP8X', data);
}

/** Puts blocks into a WebP, after its pictures. */
export function intoWebp(file: Buffer, { exif, xmp }: Blocks, made: Encoded): Buffer {
  const whole = Buffer.concat([
    file.subarray(0, riffBytes),
    ...(isExtended(file) ? [] : [extendedHeader(file, made)]),
    file.subarray(riffBytes),
    ...(exif ? [chunk('EXIF', exif)] : []),
    ...(xmp ? [chunk('XMP ', xmp)] : []),
  ]);
  whole[flagsAt] = (whole[flagsAt] ?? 0) | (exif ? flags.exif : 0) | (xmp ? flags.xmp : 0);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}
