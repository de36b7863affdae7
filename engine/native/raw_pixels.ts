import type { Pixels } from '../encode/flatness.ts';
import { isGrey, type Sharp, sharp } from './sharp.ts';

/** A pipeline with its grey pixels made, if it ends in grey: a second colour space set on it would undo the first. */
export const withGreyMade = async (image: Sharp): Promise<Sharp> =>
  isGrey(image)
    ? sharp(await image.clone().png({ compressionLevel: 0 }).toBuffer(), { limitInputPixels: false })
    : image.clone();

/** The finished pixels of a pipeline, grey ones too, as sRGB and opacity, eight bits each. */
export async function rgba(image: Sharp): Promise<Pixels> {
  const plain = (await withGreyMade(image)).toColourspace('srgb').ensureAlpha();
  const { data, info } = await plain.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
