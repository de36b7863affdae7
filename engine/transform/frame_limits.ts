import { Problem } from '../../common/problem.ts';
import type { DecodeOptions } from '../formats/format.ts';
import type { Size } from './geometry.ts';

/** An animation loses no frames to the limits on pixels before it has this many: it is refused instead. */
export const leastFrames = 100;

/**
 * How many of the frames that are wanted are kept where each has so many pixels: all that the limit allows. That may
 * still be too many pixels, where `leastFrames` are.
 */
export const framesWithin = (wanted: number, pixels: number, maxPixels: number): number =>
  Math.min(wanted, Math.max(leastFrames, Math.floor(maxPixels / pixels)));

/** An animation as its header has it, before any pixel. */
export interface FrameCount extends Size {
  readonly frames: number;
}

/**
 * How many frames a reader decodes that begins with the first one, and how many of them are wanted.
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
  throw new Problem('too_many_pixels', `${count} frames of ${width}x${height} are over the limit of pixels`);
}
