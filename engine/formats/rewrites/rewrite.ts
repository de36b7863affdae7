import { Problem } from '../../../common/problem.ts';

/** A file for ImageMagick: the coder that reads it, and options for that coder. */
export interface MagickInput {
  readonly coder: string;
  readonly data: Buffer;
  /** The area to decode, `WIDTHxHEIGHT+X+Y`. Default: all. */
  readonly extract?: string;
}

/**
 * Rewrites a file so that ImageMagick reads it right. Returns `data` itself if it needs no change.
 * @throws Problem `unsupported_input` if ImageMagick would read a wrong picture, `corrupt_image`, and
 * `too_many_pixels` before any pixel is unpacked.
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
