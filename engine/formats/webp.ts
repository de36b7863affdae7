import { intoWebp } from '../metadata/blocks/webp.ts';
import { encodeWithSharp, timingOptions } from './encoder.ts';
import type { Format } from './format.ts';
import { has } from './sniff/bytes.ts';

export const webp: Format = {
  name: 'webp',
  mime: 'image/webp',
  extensions: ['webp'],
  reads: true,
  writes: true,
  animated: true,
  alpha: true,
  profiles: true,
  lossy: true,
  engine: 'sharp',
  sniff: (head) => has(head, 'RIFF') && has(head, 'WEBP', 8),
  attach: intoWebp,
  orientation: 'exif',
  encode: encodeWithSharp((image, { quality, defaultQuality, lossless = false, effort = 4 }, picture) =>
    image.webp({
      quality: quality ?? defaultQuality,
      lossless,
      effort: Math.min(effort, 6),
      ...timingOptions(picture),
    }),
  ),
};
