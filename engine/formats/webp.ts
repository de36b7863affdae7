import { flagAlpha, intoWebp } from '../metadata/blocks/webp.ts';
import { encodeWithSharp, timingOptions } from './encoder.ts';
import type { Format } from './format.ts';
import { has } from './sniff/bytes.ts';

const encodeStillOrMoving = encodeWithSharp(
  (image, { quality, defaultQuality, lossless = false, effort = 4 }, picture) =>
    image.webp({
      quality: quality ?? defaultQuality,
      lossless,
      effort: Math.min(effort, 6),
      ...timingOptions(picture),
    }),
);

export const webp: Format = {
  name: 'webp',
  mime: 'image/webp',
  extensions: ['webp'],
  reads: true,
  writes: true,
  maxSide: 16_383,
  animated: true,
  alpha: true,
  profiles: true,
  lossy: true,
  engine: 'sharp',
  sniff: (head) => has(head, 'RIFF') && has(head, 'WEBP', 8),
  attach: intoWebp,
  orientation: 'exif',
  encode: async (image, output, picture, codecs) => {
    const made = await encodeStillOrMoving(image, output, picture, codecs);
    if (picture.alpha) flagAlpha(made.data);
    return made;
  },
};
