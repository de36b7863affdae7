import type { Format } from '../format.ts';
import { intoPng } from './png_blocks.ts';
import { chunksOf, pngSignature } from './png_chunks.ts';
import { has } from './sniffing.ts';

/** Whether a PNG says, before its pixels, that it is animated. */
function isAnimated(head: Buffer): boolean {
  if (!has(head, pngSignature.toString('latin1'))) return false;
  for (const { type } of chunksOf(head)) {
    if (type === 'acTL') return true;
    if (type === 'IDAT') return false;
  }
  return false;
}

export const apng: Format = {
  name: 'apng',
  mime: 'image/apng',
  extensions: ['apng'],
  reads: true,
  writes: true,
  animated: true,
  alpha: true,
  engine: 'own',
  sniff: isAnimated,
  decode: async (input, options) => await (await import('./apng_read.ts')).readApng(input, options),
  attach: intoPng,
  encode: async (...given) => await (await import('./apng_write.ts')).encodeApng(...given),
};
