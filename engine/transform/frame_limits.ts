import { Problem } from '../../common/problem.ts';
import type { DecodeOptions } from '../formats/format.ts';
import type { Size } from './geometry.ts';

/** The limits on pixels leave out frames only beyond this many; a smaller animation over them is refused. */
export const leastFrames = 100;

/**
 * How many of the requested frames are kept, where each has `pixels`: as many as the limit allows, but at least
 * `leastFrames`, which may exceed the limit.
 */
export const framesWithin = (wanted: number, pixels: number, maxPixels: number): number =>
  Math.min(wanted, Math.max(leastFrames, Math.floor(maxPixels / pixels)));

/** The size and number of frames of an animation, from its header. */
export interface FrameCount extends Size {
  readonly frames: number;
}

/**
 * How many frames a reader decodes, from the first one on, and how many of them are requested.
 * @throws Problem `too_many_pixels`.
 */
export function framesToRead(
  { width, height, frames }: FrameCount,
  { page, pages, maxFrames, maxPixels }: DecodeOptions,
): { readonly count: number; readonly framesRead: number } {
  const pixels = width * height;
  const most = Math.min(pages || maxFrames, maxFrames, Math.max(1, frames - page));
  const framesRead = framesWithin(most, pixels, maxPixels - page * pixels);
  const count = Math.min(frames, page + framesRead);
  if (pixels * count <= maxPixels) return { count, framesRead };
  throw new Problem(
    'too_many_pixels',
    `image: expected at most ${maxPixels / 1e6} megapixels, got ${count} frames of ${width}x${height}`,
  );
}
