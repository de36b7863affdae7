import { type Sharp, sharp } from '../native/sharp.ts';
import type { Size } from '../transform/geometry.ts';

/** One channel, eight bits a pixel. */
export interface Grey extends Size {
  readonly data: Uint8Array;
}

/** JPEG's brightness (ITU-R BT.601): errors of colour alone, as of halved chroma, hardly change it. */
const weights = [0.299, 0.587, 0.114] as const;

/** How bright a picture looks, on grey where it is transparent. */
export async function luma(image: Sharp): Promise<Grey> {
  const plain = image.flatten({ background: '#808080' }).toColourspace('srgb').removeAlpha();
  const { data: rgb, info } = await plain.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const raw = { width, height, channels: info.channels };
  if (raw.channels < 3) return { data: rgb, width, height };
  const row: [number, number, number] = [...weights];
  const data = await sharp(rgb, { raw, limitInputPixels: false })
    .recomb([row, row, row])
    .extractChannel(0)
    .raw()
    .toBuffer();
  return { data, width, height };
}
