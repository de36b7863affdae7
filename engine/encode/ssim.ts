import { setImmediate } from 'node:timers/promises';
import { type Sharp, sharp } from '../native/sharp.ts';
import type { Size } from '../transform/geometry.ts';

/** One channel, eight bits a pixel. */
export interface Grey extends Size {
  readonly data: Uint8Array;
}

/** JPEG's brightness (ITU-R BT.601): errors of colour alone, such as halved chroma, hardly change it. */
const weights = [0.299, 0.587, 0.114] as const;

/** Reads the brightness of a picture, on grey where it is transparent. */
export async function readLuma(image: Sharp): Promise<Grey> {
  const plain = image.flatten({ background: '#808080' }).toColourspace('srgb').removeAlpha();
  const { data: rgb, info } = await plain.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const raw = { width, height, channels: info.channels };
  if (raw.channels < 3) return { data: rgb, width, height };
  const row: [number, number, number] = [...weights];
  const data = await sharp(rgb, { raw, limitInputPixels: false })
    .recomb([row, row, row])
    .extractChannel(0)
    .raw()
    .toBuffer();
  return { data, width, height };
}

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

/** The step between windows: half a window, or more where there would be too many windows. */
const stepFor = ({ width, height }: Size): number =>
  Math.max(side / 2, Math.ceil(Math.sqrt((width * height) / maxWindows)));

/** Rows of windows between two pauses, in which other work of the process runs. */
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
