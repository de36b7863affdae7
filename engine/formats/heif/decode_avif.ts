import { sharp } from '../../native/sharp.ts';
import type { Decoded } from '../format.ts';
import { checkPixels } from '../rewrites/rewrite.ts';
import { plainTiff } from '../tiff/plain.ts';
import { readItems } from './items.ts';
import { completeSamples, readTraits, type Traits } from './traits.ts';

function traitsOf(file: Buffer): Traits | undefined {
  try {
    const items = readItems(file);
    return items && readTraits(items);
  } catch (error) {
    // Boxes that end too early. The decoder says what is wrong with the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const [grey, rgb, unassociatedAlpha] = [1, 2, 2];

/** Decodes an AVIF whose samples libheif leaves unfinished; undefined for others, and for several pictures. */
export async function decodeUnfinished(file: Buffer, maxPixels: number): Promise<Decoded | undefined> {
  const traits = traitsOf(file);
  if (!traits?.isPremultiplied && !traits?.isNarrowGrey) return undefined;
  const image = sharp(file, { ignoreIcc: true, limitInputPixels: false });
  const { width, height, depth, pages = 1, icc, space } = await image.metadata();
  if (pages > 1) return undefined;
  checkPixels(width, height, maxPixels);
  const isDeep = depth === 'ushort';
  const { data, info } = await image
    .toColourspace(space)
    .raw({ depth: isDeep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { channels } = info;
  const samples = isDeep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  completeSamples({ samples, channels }, traits);
  const bytes = plainTiff(data, {
    ...{ width: info.width, height: info.height, bits: isDeep ? 16 : 8, channels, orientation: 1 },
    photometric: channels < 3 ? grey : rgb,
    ...(channels % 2 === 0 ? { extra: unassociatedAlpha } : {}),
    ...(icc ? { profile: icc } : {}),
  });
  return { bytes, pages: 1 };
}
