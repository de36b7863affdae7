import { intoAvif } from '../metadata/blocks/avif.ts';
import { encodeWithSharp } from './encoder.ts';
import type { Format } from './format.ts';
import { brands } from './sniff/bytes.ts';

/** The scale of AVIF differs: this quality looks like 80 in JPEG. */
const usualQuality = 60;

export const avif: Format = {
  name: 'avif',
  mime: 'image/avif',
  extensions: ['avif'],
  reads: true,
  writes: true,
  animated: false,
  alpha: true,
  profiles: true,
  lossy: true,
  engine: 'sharp',
  sniff: (head) => brands(head).some((brand) => brand === 'avif' || brand === 'avis'),
  decode: async (...given) =>
    (await (await import('./sequence.ts')).decodeSequence(...given)) ?? { bytes: given[0] },
  attach: intoAvif,
  orientation: 'own',
  encode: encodeWithSharp((image, { quality = usualQuality, lossless = false, effort, avifEffort }) =>
    image.avif({ quality, lossless, effort: Math.min(effort ?? avifEffort, 9) }),
  ),
};
