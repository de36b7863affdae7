import { intoJpeg } from '../metadata/blocks/jpeg.ts';
import { encodeWithSharp } from './encoder.ts';
import type { Format } from './format.ts';
import { dropBrokenExif } from './jpeg/broken_exif.ts';
import { has } from './sniff/bytes.ts';

/** From this quality on, colour keeps its full resolution, as in libvips. */
const fullChromaQuality = 90;

export const jpeg: Format = {
  name: 'jpeg',
  mime: 'image/jpeg',
  extensions: ['jpg', 'jpeg', 'jpe', 'jfif'],
  reads: true,
  writes: true,
  maxSide: 65_500,
  animated: false,
  alpha: false,
  profiles: true,
  lossy: true,
  engine: 'sharp',
  sniff: (head) => has(head, '\xff\xd8\xff'),
  decode: async (input) => ({ bytes: dropBrokenExif(input) }),
  attach: intoJpeg,
  orientation: 'exif',
  encode: encodeWithSharp((image, { quality, defaultQuality, interlace = false }) => {
    const q = quality ?? defaultQuality;
    return image.jpeg({
      quality: q,
      progressive: interlace,
      chromaSubsampling: q >= fullChromaQuality ? '4:4:4' : '4:2:0',
    });
  }),
};
