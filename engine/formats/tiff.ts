import { Problem } from '../../common/problem.ts';
import { intoTiff } from '../metadata/blocks/tiff.ts';
import { encodeWithSharp } from './encoder.ts';
import type { Format } from './format.ts';
import { needs } from './installed.ts';
import { has } from './sniff/bytes.ts';
import { magickChanges, readingOf } from './tiff/readings.ts';

/** Reads samples that libvips refuses or reads wrong in another way, which the header decides. */
const decodeTiff: NonNullable<Format['decode']> = async (input, options, codecs) => {
  const { page, maxPixels } = options;
  const { by, why, instead } = readingOf(input, page);
  if (by === 'libvips') return { bytes: input };
  if (by === 'none') throw new Problem('unsupported_input', `TIFF: expected ${instead}, got ${why}`);
  if (by === 'planes')
    return await (await import('./tiff/planes.ts')).joinPlanes(input, options, (file) =>
      decodeTiff(file, options, codecs),
    );
  if (by === 'bytes') return await (await import('./tiff/bytes.ts')).readBytes(input, page, maxPixels);
  if (by === 'wider Lab') return await (await import('./tiff/lab.ts')).widenLab(input, page, maxPixels);
  needs('magick', `reading TIFF with ${why}`);
  const changes = magickChanges(input, page);
  const details = { coder: 'TIFF', page, maxPixels, ...changes };
  // ImageMagick takes halves for integers where 0 is white.
  const readable = changes.negate ? (await import('./tiff/planes.ts')).withZeroBlack(input, page) : input;
  const { data, details: made } = await codecs.run({ task: 'magick.read', details, data: readable });
  return { bytes: data, pages: Number(made.pages) };
};

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
  decode: decodeTiff,
  encode: encodeWithSharp((image, { tiffCompression }) =>
    image.tiff({
      compression: tiffCompression,
      ...(tiffCompression === 'deflate' ? { predictor: 'horizontal' } : {}),
    }),
  ),
};
