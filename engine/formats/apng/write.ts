import { toRgba } from '../../native/raw_pixels.ts';
import { sharp } from '../../native/sharp.ts';
import type { Encoded, Format, PictureInfo } from '../format.ts';
import { chunksOf, type PngChunk, pixelData, pngOf } from './chunks.ts';

const uint32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
};

/** Whole frames, each in the place of the one before (APNG, fcTL). */
function frameControl(sequence: number, { width, height }: Encoded, delayMs: number): PngChunk {
  const timing = Buffer.alloc(6);
  timing.writeUInt16BE(Math.min(delayMs, 65_535), 0);
  timing.writeUInt16BE(1000, 2);
  return { type: 'fcTL', data: Buffer.concat([uint32(sequence, width, height, 0, 0), timing]) };
}

function buildApng(pngs: readonly Buffer[], size: Encoded, { delay, loop = 0 }: PictureInfo): Buffer {
  const header = pngs[0] ? [...chunksOf(pngs[0])].filter(({ type }) => type === 'IHDR') : [];
  const frames = pngs.flatMap((png, index) => {
    const control = frameControl(Math.max(0, index * 2 - 1), size, delay?.[index] ?? 100);
    const pixels = pixelData(png);
    if (index === 0) return [control, { type: 'IDAT', data: pixels }];
    return [control, { type: 'fdAT', data: Buffer.concat([uint32(index * 2), pixels]) }];
  });
  const count = { type: 'acTL', data: uint32(pngs.length, loop) };
  return pngOf([...header, count, ...frames, { type: 'IEND', data: Buffer.alloc(0) }]);
}

export const encodeApng: NonNullable<Format['encode']> = async (image, { compression = 6 }, picture) => {
  const { data, width, height: total } = await toRgba(image);
  const height = total / picture.pages;
  const size = { data, width, height, pages: picture.pages };
  const frameBytes = width * height * 4;
  const pngs: Buffer[] = [];
  for (let at = 0; at < data.length; at += frameBytes) {
    const frame = sharp(data.subarray(at, at + frameBytes), { raw: { width, height, channels: 4 } });
    pngs.push(await frame.png({ compressionLevel: compression }).toBuffer());
  }
  return { ...size, data: buildApng(pngs, size, picture) };
};
