import { sharp } from '../../engine/native/sharp.ts';

/** Pixels of eight bits: red, green, blue and opacity. */
export interface RgbaPixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** @throws if the PNG cannot be read. */
export async function decodePng(png: Buffer): Promise<RgbaPixels> {
  const { data, info } = await sharp(png, { limitInputPixels: false })
    .ensureAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/**
 * Mean difference of the samples, 0 to 255, colours weighted by their opacity, so that colours of clear pixels do
 * not count; undefined where the sizes differ.
 */
export function meanDifference(a: RgbaPixels, b: RgbaPixels): number | undefined {
  if (a.width !== b.width || a.height !== b.height) return undefined;
  let sum = 0;
  for (let at = 0; at < a.data.length; at += 4) {
    const [alphaA = 0, alphaB = 0] = [a.data[at + 3], b.data[at + 3]];
    sum += Math.abs(alphaA - alphaB);
    for (let channel = at; channel < at + 3; channel += 1)
      sum += Math.abs((a.data[channel] ?? 0) * alphaA - (b.data[channel] ?? 0) * alphaB) / 255;
  }
  return sum / a.data.length;
}
