import { intoPng } from '../metadata/blocks/png.ts';
import { chunksOf, pngSignature } from './apng/chunks.ts';
import type { Format } from './format.ts';
import { has } from './sniff/bytes.ts';

/** Whether a PNG has an animation chunk before its pixels. */
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
  decode: async (input, options) => await (await import('./apng/read.ts')).readApng(input, options),
  attach: intoPng,
  encode: async (...given) => await (await import('./apng/write.ts')).encodeApng(...given),
};
