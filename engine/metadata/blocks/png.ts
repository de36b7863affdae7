import { chunkBytes, type PngChunk, pngSignature } from '../../formats/apng/chunks.ts';
import type { Blocks } from '../blocks.ts';

const headerBytes = 25;

/** Uncompressed, in no language (PNG, 11.3.3.4; XMP part 3, 1.1.5). */
const xmpChunk = (xmp: Buffer): PngChunk => ({
  type: 'iTXt',
  data: Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0', 'latin1'), xmp]),
});

/** Puts blocks into a PNG, animated or not, right after its header. */
export function intoPng(file: Buffer, { exif, xmp }: Blocks): Buffer {
  const at = pngSignature.length + headerBytes;
  const chunks = [...(exif ? [{ type: 'eXIf', data: exif }] : []), ...(xmp ? [xmpChunk(xmp)] : [])];
  return Buffer.concat([file.subarray(0, at), ...chunks.map(chunkBytes), file.subarray(at)]);
}
