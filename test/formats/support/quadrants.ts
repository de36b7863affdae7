import { sharp } from '../../../engine/native/sharp.ts';
import { isolated } from './conversions.ts';

/** The codecs of these tests, and the most bytes of pixels that they answered. */
export function watchCodecs() {
  const seen = { bytes: 0 };
  const run: typeof isolated.run = async (request) => {
    const answer = await isolated.run(request);
    seen.bytes = Math.max(seen.bytes, answer.data.length);
    return answer;
  };
  return { seen, codecs: { ...isolated, run } };
}

/** The size of a picture, and the colours of its quarters. */
export async function cornersOf(data: Buffer) {
  const { data: pixels, info } = await sharp(data).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const at = (x: number, y: number): readonly number[] => {
    const start = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
    return [...pixels.subarray(start, start + 3)].map((value) => Math.round(value / 255));
  };
  return { size: [width, height], colours: [at(0.2, 0.2), at(0.8, 0.2), at(0.2, 0.8), at(0.8, 0.8)] };
}

/** Red and green above blue and yellow. */
export const quadrants = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 0],
];
