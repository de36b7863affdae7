import { intoAvif } from '../metadata/blocks/avif.ts';
import { encodeWithSharp } from './encoder.ts';
import type { Format } from './format.ts';
import { brands } from './sniff/bytes.ts';

/** The scale of AVIF differs: this quality looks like 80 in JPEG. */
const usualQuality = 60;
/** From this quality on, colour keeps its full resolution; it looks like 90 in JPEG. */
const fullChromaQuality = 75;

export const avif: Format = {
  name: 'avif',
  mime: 'image/avif',
  extensions: ['avif'],
  reads: true,
  writes: true,
  maxSide: 16_384,
  animated: false,
  alpha: true,
  profiles: true,
  lossy: true,
  engine: 'sharp',
  sniff: (head) => brands(head).some((brand) => brand === 'avif' || brand === 'avis'),
  decode: async (...given) =>
    (await (await import('./sequence.ts')).decodeSequence(...given)) ??
    (await (await import('./heif/decode_avif.ts')).decodeUnfinished(given[0], given[1].maxPixels)) ?? {
      bytes: given[0],
    },
  attach: intoAvif,
  orientation: 'own',
  encode: encodeWithSharp((image, { quality = usualQuality, lossless = false, effort, avifEffort }) =>
    image.avif({
      quality,
      lossless,
      effort: Math.min(effort ?? avifEffort, 9),
      // Halved colour saves a seventh of a photograph and a fifth of art (docs/figures.md).
      chromaSubsampling: lossless || quality >= fullChromaQuality ? '4:4:4' : '4:2:0',
    }),
  ),
};
