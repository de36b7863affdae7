import { crc32 } from 'node:zlib';
import { chunksOf } from '../formats/apng/chunks.ts';
import { isXmp, unseenBlocks } from '../formats/png/early_blocks.ts';
import type { Header, PlainHeader } from './jpeg.ts';

type Pixel = Pick<Header, 'space' | 'channels' | 'hasAlpha' | 'depth'>;

/** Pixels by colour type and bits a sample. Palettes and fewer bits are left to sharp. */
const pixels: Readonly<Record<string, Pixel>> = {
  '0/8': { space: 'b-w', channels: 1, hasAlpha: false, depth: 'uchar' },
  '0/16': { space: 'grey16', channels: 1, hasAlpha: false, depth: 'ushort' },
  '2/8': { space: 'srgb', channels: 3, hasAlpha: false, depth: 'uchar' },
  '2/16': { space: 'rgb16', channels: 3, hasAlpha: false, depth: 'ushort' },
  '4/8': { space: 'b-w', channels: 2, hasAlpha: true, depth: 'uchar' },
  '4/16': { space: 'grey16', channels: 2, hasAlpha: true, depth: 'ushort' },
  '6/8': { space: 'srgb', channels: 4, hasAlpha: true, depth: 'uchar' },
  '6/16': { space: 'rgb16', channels: 4, hasAlpha: true, depth: 'ushort' },
};

/** Chunks before the pixels that change nothing in the header. */
const silent = new Set([
  'pHYs',
  'gAMA',
  'cHRM',
  'sRGB',
  'sBIT',
  'bKGD',
  'tIME',
  'tEXt',
  'zTXt',
  'iTXt',
  'iCCP',
]);

interface Silent {
  readonly types: ReadonlySet<string>;
  /** Where the pixels begin. */
  readonly pixelsAt: number;
}

/** The chunks before the pixels; undefined if there are no pixels, or chunks of other types. */
function silentChunks(file: Buffer): Silent | undefined {
  const types = new Set<string>();
  for (const chunk of chunksOf(file)) {
    const { type, data } = chunk;
    if (type === 'IDAT') return { types, pixelsAt: data.byteOffset - file.byteOffset };
    if (type !== 'IHDR' && !silent.has(type)) return undefined;
    // XMP is left to sharp.
    if (isXmp(chunk)) return undefined;
    types.add(type);
  }
  return undefined;
}

/**
 * Reads the header of an ordinary PNG (PNG, 11.2.2). Reading it with sharp costs 3 % of a small conversion.
 * @returns undefined if anything is unusual; sharp reads the header then.
 */
export function pngHeader(file: Buffer): PlainHeader | undefined {
  const [head] = chunksOf(file);
  if (head?.type !== 'IHDR' || head.data.length !== 13) return undefined;
  if (crc32(file.subarray(12, 29)) !== file.readUInt32BE(29)) return undefined;
  const { data } = head;
  const pixel = pixels[`${data[9]}/${data[8]}`];
  const chunks = silentChunks(file);
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  if (pixel === undefined || chunks === undefined || width === 0 || height === 0) return undefined;
  if (unseenBlocks(file).length > 0) return undefined;
  const { types, pixelsAt } = chunks;
  const hasProfile = types.has('iCCP');
  // libpng drops a profile that is damaged or for other colours, and with it the way that sharp takes with 16 bits.
  if (hasProfile && pixel.depth === 'ushort') return undefined;
  return { pixelsAt, width, height, ...pixel, hasProfile };
}
