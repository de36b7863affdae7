import type { Size } from '../../transform/geometry.ts';
import { checkInputPixels } from '../../transform/pixel_limits.ts';
import type { Traits } from '../heif/traits.ts';

/** A file for ImageMagick: the coder that reads it, and options for that coder. */
export interface MagickInput {
  readonly coder: string;
  readonly data: Buffer;
  /** The area to decode, `WIDTHxHEIGHT+X+Y`. Default: all. */
  readonly extract?: string;
  /** How often the sides are halved (JPEG 2000), and the full size. */
  readonly reduce?: number;
  readonly whole?: Size;
  /** The four channels are inks, though ImageMagick takes the fourth for opacity. */
  readonly inks?: true;
  /** What is to be done to the samples of a HEIC. */
  readonly traits?: Traits;
}

/** How much of a file is decoded. */
export interface Amount {
  readonly maxPixels: number;
  /** Pixels of the longer side that are enough. Default: all. */
  readonly leastSide?: number;
}

/**
 * Rewrites a file so that ImageMagick reads it right. Returns `data` itself if it needs no change.
 * @throws Problem `unsupported_input` if ImageMagick would read a wrong picture, `corrupt_image`, and
 * `too_many_pixels` before any pixel is unpacked.
 */
export type Rewrite = (
  data: Buffer,
  amount: Amount,
) => Omit<MagickInput, 'coder'> & Partial<Pick<MagickInput, 'coder'>>;

/** @throws Problem `too_many_pixels`. */
export const checkPixels = (width: number, height: number, maxPixels: number): void =>
  checkInputPixels(width * height, maxPixels);
