import type { Format } from '../format.ts';
import { bySharp } from './encoder.ts';
import { has } from './sniffing.ts';
import { intoTiff } from './tiff_blocks.ts';

export const tiff: Format = {
  name: 'tiff',
  mime: 'image/tiff',
  extensions: ['tiff', 'tif'],
  reads: true,
  writes: true,
  animated: false,
  alpha: true,
  profiles: true,
  deep: true,
  engine: 'sharp',
  sniff: (head) => has(head, 'II*\0') || has(head, 'MM\0*') || has(head, 'II+\0') || has(head, 'MM\0+'),
  attach: intoTiff,
  orientation: 'exif',
  encode: bySharp((image, { tiffCompression }) =>
    image.tiff({
      compression: tiffCompression,
      ...(tiffCompression === 'deflate' ? { predictor: 'horizontal' } : {}),
    }),
  ),
};
