import { Problem } from '../../../common/problem.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

/** The size of a picture: `-Y HEIGHT +X WIDTH` after the empty line that ends the header. */
const sizeLine = /\n\n([-+])([XY]) (\d{1,6}) ([-+])([XY]) (\d{1,6})\n/;
/** The header is short; a size that begins later is no size. */
const maxHeaderBytes = 65_536;

/** Bytes of a pixel: red, green, blue and their exponent. */
const pixelBytes = 4;
/** Lengths of a row for which each channel may be packed by itself. */
const isPackable = (length: number): boolean => length >= 8 && length < 32_768;
const mostLiterals = 128;

/** Whether a row is packed channel by channel, which ImageMagick reads. */
const isPacked = (data: Buffer, at: number, length: number): boolean =>
  isPackable(length) && data[at] === 2 && data[at + 1] === 2 && ((data[at + 2] ?? 0xff) & 0x80) === 0;

/** Unpacks the older packing: a pixel of 1, 1, 1 repeats the one before it as often as its fourth byte says. */
function unpack(data: Buffer, start: number, count: number): Buffer {
  const pixels = Buffer.alloc(count * pixelBytes);
  let at = start;
  let shift = 0;
  let to = 0;
  while (to < pixels.length) {
    if (at + pixelBytes > data.length)
      throw new Problem('corrupt_image', 'Cannot decode image: HDR ends before its last pixel');
    const isRun = data[at] === 1 && data[at + 1] === 1 && data[at + 2] === 1;
    const times = isRun ? (data[at + 3] ?? 0) * 2 ** shift : 1;
    const pixel = isRun ? pixels.subarray(to - pixelBytes, to) : data.subarray(at, at + pixelBytes);
    if (times > 0 && pixel.length === pixelBytes)
      pixels.fill(pixel, to, Math.min(pixels.length, to + times * pixelBytes));
    to += times * pixelBytes;
    shift = isRun ? Math.min(shift + 8, 24) : 0;
    at += pixelBytes;
  }
  return pixels;
}

/** A row in the newer packing, without any runs: it cannot be taken for anything else. */
function packRow(row: Buffer): Buffer {
  const length = row.length / pixelBytes;
  const parts: Buffer[] = [Buffer.from([2, 2, length >> 8, length & 255])];
  for (let channel = 0; channel < pixelBytes; channel += 1)
    for (let from = 0; from < length; from += mostLiterals) {
      const count = Math.min(mostLiterals, length - from);
      const samples = Array.from(
        { length: count },
        (_, index) => row[(from + index) * pixelBytes + channel] ?? 0,
      );
      parts.push(Buffer.from([count, ...samples]));
    }
  return Buffer.concat(parts);
}

/** Packs pictures of the older packing anew: ImageMagick takes its runs for pixels. */
export const rewriteHdr: Rewrite = (data, { maxPixels }) => {
  const found = sizeLine.exec(data.toString('latin1', 0, maxHeaderBytes));
  if (found === null) return { data };
  const [rows, length] = [Number(found[3]), Number(found[6])];
  const start = found.index + found[0].length;
  const isPlain = data.length - start === rows * length * pixelBytes;
  if (isPlain || isPacked(data, start, length)) return { data };
  checkPixels(length, rows, maxPixels);
  const pixels = unpack(data, start, rows * length);
  if (!isPackable(length)) return { data: Buffer.concat([data.subarray(0, start), pixels]) };
  const rowBytes = length * pixelBytes;
  const packed = Array.from({ length: rows }, (_, row) =>
    packRow(pixels.subarray(row * rowBytes, (row + 1) * rowBytes)),
  );
  return { data: Buffer.concat([data.subarray(0, start), ...packed]) };
};
