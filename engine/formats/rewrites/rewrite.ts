import { Problem } from '../../../common/problem.ts';

/** A file for ImageMagick: which coder reads it, and what that coder is told. */
export interface MagickInput {
  readonly coder: string;
  readonly data: Buffer;
  /** The part that is decoded, `WIDTHxHEIGHT+X+Y`; absent: all. */
  readonly extract?: string;
}

/**
 * Brings a file into a form that ImageMagick reads right; `data` itself where it does so already.
 * @throws Problem `unsupported_input` where it would read a wrong picture, `corrupt_image`, and `too_many_pixels`
 * before any pixel is unpacked.
 */
export type Rewrite = (
  data: Buffer,
  maxPixels: number,
) => Omit<MagickInput, 'coder'> & Partial<Pick<MagickInput, 'coder'>>;

/** @throws Problem `too_many_pixels`. */
export function checkPixels(width: number, height: number, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  const megapixels = ((width * height) / 1e6).toFixed(1);
  throw new Problem(
    'too_many_pixels',
    `Image resolution is too big: ${megapixels} megapixels, the limit is ${maxPixels / 1e6}`,
  );
}
