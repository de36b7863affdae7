import { intoPng } from '../metadata/blocks/png.ts';
import { encodeWithSharp } from './encoder.ts';
import type { Format } from './format.ts';
import { moveBlocks } from './png/early_blocks.ts';
import { has } from './sniff/bytes.ts';

export const png: Format = {
  name: 'png',
  mime: 'image/png',
  extensions: ['png'],
  reads: true,
  writes: true,
  animated: false,
  alpha: true,
  profiles: true,
  deep: true,
  engine: 'sharp',
  sniff: (head) => has(head, '\x89PNG\r\n\x1a\n'),
  decode: async (input) => ({ bytes: moveBlocks(input) }),
  attach: intoPng,
  orientation: 'exif',
  encode: encodeWithSharp(
    (image, { quality, defaultQuality, compression = 6, palette = false, interlace = false }) =>
      image.png({
        compressionLevel: compression,
        progressive: interlace,
        // Filters help true colour and harm palettes.
        adaptiveFiltering: !palette,
        ...(palette ? { palette, quality: quality ?? defaultQuality } : {}),
      }),
  ),
};
