import { setImmediate } from 'node:timers/promises';
import type { Size } from '../transform/geometry.ts';
import type { Grey } from './luma.ts';

const side = 8;
const area = side * side;
const maxWindows = 200_000;
/** Constants of the formula for eight bits (Wang and others, 2004, with their K1 and K2). */
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

/** Structural similarity of one window. */
function windowSsim(a: Grey, b: Grey, left: number, top: number): number {
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + side; y += 1) {
    for (let at = y * a.width + left, end = at + side; at < end; at += 1) {
      const p = a.data[at] as number;
      const q = b.data[at] as number;
      sumA += p;
      sumB += q;
      squareA += p * p;
      squareB += q * q;
      product += p * q;
    }
  }
  const [meanA, meanB] = [sumA / area, sumB / area];
  const varianceA = squareA / area - meanA * meanA;
  const varianceB = squareB / area - meanB * meanB;
  const covariance = product / area - meanA * meanB;
  const light = (2 * meanA * meanB + c1) / (meanA * meanA + meanB * meanB + c1);
  return light * ((2 * covariance + c2) / (varianceA + varianceB + c2));
}

/** The step between windows: half a window, more where there would be too many. */
const stepFor = ({ width, height }: Size): number =>
  Math.max(side / 2, Math.ceil(Math.sqrt((width * height) / maxWindows)));

/** Rows of windows between which others get their turn. */
const rowsAtOnce = 32;

/**
 * Mean structural similarity of two pictures of the same size: 1 is identical.
 * Windows of 8 x 8, overlapping by half, of equal weight; a picture smaller than a window counts as identical.
 */
export async function ssim(a: Grey, b: Grey): Promise<number> {
  const step = stepFor(a);
  let sum = 0;
  let count = 0;
  for (let top = 0, row = 0; top + side <= a.height; top += step, row += 1) {
    for (let left = 0; left + side <= a.width; left += step, count += 1) sum += windowSsim(a, b, left, top);
    if (row % rowsAtOnce === rowsAtOnce - 1) await setImmediate();
  }
  return count === 0 ? 1 : sum / count;
}
