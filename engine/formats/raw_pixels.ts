import type { Pixels } from '../flatness.ts';
import type { Sharp } from '../sharp.ts';

/** The finished pixels of a pipeline: sRGB and opacity, eight bits each. */
export async function rgba(image: Sharp): Promise<Pixels> {
  const plain = image.clone().toColourspace('srgb').ensureAlpha();
  const { data, info } = await plain.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
