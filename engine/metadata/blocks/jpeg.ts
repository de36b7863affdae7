import type { Blocks } from '../blocks.ts';
import { wrapIptc } from '../photoshop.ts';
import { bytesOf, directoryAt, findEntry, openTiff } from '../tiff_directory.ts';

const app = { exif: 0xe1, xmp: 0xe1, mpf: 0xe2, photoshop: 0xed };
/** The length of a segment is a number of two bytes, which includes these two. */
const maxBody = 0xffff - 2;

function segment(marker: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length > maxBody) return Buffer.alloc(0);
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** The offset for new segments: after the start of the image and JFIF's header. */
function offsetAfterStart(file: Buffer): number {
  const hasJfif = file.readUInt16BE(2) === 0xffe0;
  return hasJfif ? 4 + file.readUInt16BE(4) : 2;
}

/**
 * Corrects the length of the first picture in the index of a file with a second one (a gain map; CIPA DC-007,
 * 5.2.3.3). Offsets count from the index and stay the same.
 */
function lengthenFirst(file: Buffer, more: number): void {
  const at = file.indexOf('MPF\0', 0, 'latin1');
  const tiff = at === -1 ? undefined : openTiff(file.subarray(at + 4));
  const directory = tiff && directoryAt(tiff, tiff.first);
  const entry = tiff && directory && findEntry(tiff, directory, 0xb002);
  const entries = tiff && entry && bytesOf(tiff, entry);
  if (!tiff || !entries || entries.length < 8) return;
  if (tiff.isLittle) entries.writeUInt32LE(entries.readUInt32LE(4) + more, 4);
  else entries.writeUInt32BE(entries.readUInt32BE(4) + more, 4);
}

/** Puts blocks into a JPEG. A block that is longer than a segment is left out. */
export function intoJpeg(file: Buffer, { exif, xmp, iptc }: Blocks): Buffer {
  const at = offsetAfterStart(file);
  const added = Buffer.concat([
    ...(exif ? [segment(app.exif, Buffer.from('Exif\0\0', 'latin1'), exif)] : []),
    ...(xmp ? [segment(app.xmp, Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1'), xmp)] : []),
    ...(iptc ? [segment(app.photoshop, wrapIptc(iptc))] : []),
  ]);
  const whole = Buffer.concat([file.subarray(0, at), added, file.subarray(at)]);
  lengthenFirst(whole, added.length);
  return whole;
}
