import { Problem } from '../../common/problem.ts';
import type { Limits } from '../limits.ts';
import type { Size } from './geometry.ts';
import { orientedSize, upright } from './orientation.ts';
import { sizeAfter, type Transform } from './transform.ts';

interface Frames {
  readonly limits: Limits;
  /** How many frames are converted. */
  readonly pages: number;
}

const area = ({ width, height }: Size): number => width * height;
const side = ({ width, height }: Size): number => Math.max(width, height);
const mega = (pixels: number): string => (pixels / 1e6).toFixed(1);

/** @throws Problem `too_many_pixels` when an input has more pixels than `maxPixels`. */
export function checkInputPixels(pixels: number, maxPixels: number): void {
  if (pixels <= maxPixels) return;
  throw new Problem(
    'too_many_pixels',
    `image: expected at most ${maxPixels / 1e6} megapixels, got ${mega(pixels)}`,
  );
}

/** @throws Problem `too_many_pixels` when the input is larger than the limit. */
export const checkInput = (source: Size, pages: number, { MAX_INPUT_MEGAPIXELS }: Limits): void =>
  checkInputPixels(area(source) * pages, MAX_INPUT_MEGAPIXELS * 1e6);

/** A size of NaN is over every limit. */
const isWithin = (size: Size, { limits, pages }: Frames): boolean =>
  side(size) <= limits.MAX_OUTPUT_SIDE && area(size) * pages <= limits.MAX_OUTPUT_MEGAPIXELS * 1e6;

/** @throws Problem `output_too_large` when a picture of this size is over the limits. */
export function checkOutput(size: Size, frames: Frames): void {
  if (isWithin(size, frames)) return;
  const { limits, pages } = frames;
  throw new Problem(
    'output_too_large',
    `output: expected at most ${limits.MAX_OUTPUT_SIDE} pixels a side and ${limits.MAX_OUTPUT_MEGAPIXELS} megapixels, got ${size.width}x${size.height}${pages > 1 ? ` with ${pages} frames` : ''}`,
  );
}

/**
 * Checks what one step asks for. A picture that was too large before the step, and does not grow, passes: a later step
 * may scale it down. Returns the pixels of a frame that were checked.
 * @throws Problem `output_too_large`.
 */
export function checkRequested(before: Size, after: Size, frames: Frames): number {
  const grows = !(side(after) <= side(before) && area(after) <= area(before));
  if (!grows) return 0;
  checkOutput(after, frames);
  return area(after);
}

/** The pixels that a smart crop holds at once; any other work reads and writes them strip by strip. */
function smartCropPixels(pass: Transform, before: Size): number {
  if (pass.crop === undefined || !('smart' in pass.crop)) return 0;
  return area(pass.resize ?? pass.region ?? orientedSize(before, pass.orientation ?? upright));
}

/** @throws Problem `output_too_large` when a picture of this size, with its frames, is too much to be held at once. */
export function checkHeldAtOnce(size: Size, { limits, pages }: Frames): void {
  const held = area(size) * pages;
  if (held <= limits.MAX_OUTPUT_MEGAPIXELS * 1e6) return;
  throw new Problem(
    'output_too_large',
    `conversion: expected steps that hold at most ${limits.MAX_OUTPUT_MEGAPIXELS} megapixels at once, got ${mega(held)}; scale down first`,
  );
}

/**
 * Checks the pictures that are held between passes and within them. Returns the pixels of the largest one.
 * @throws Problem `output_too_large`.
 */
export function checkHeld(source: Size, passes: readonly Transform[], frames: Frames): number {
  let before = source;
  let most = 0;
  for (const [index, pass] of passes.entries()) {
    const after = sizeAfter(before, pass);
    const handedOn = index < passes.length - 1 ? area(after) : 0;
    const one = Math.max(handedOn, smartCropPixels(pass, before));
    checkHeldAtOnce({ width: one, height: 1 }, frames);
    before = after;
    most = Math.max(most, one);
  }
  return most;
}
