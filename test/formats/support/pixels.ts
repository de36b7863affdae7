import { sharp } from '../../../engine/native/sharp.ts';
import { run } from './conversions.ts';
import type { Rgba } from './made_by_hand.ts';

/** The pixels that the engine reads from a file: RGBA of eight bits. */
export async function pixelsOf(input: Buffer): Promise<Rgba> {
  const { data: png } = await run(input, { type: 'png', depth: '8' });
  const { data, info } = await sharp(png)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** A picture from a function of column and row. */
export function drawn(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number, number],
): Rgba {
  const pixels = Array.from({ length: width * height }, (_, at) =>
    colour(at % width, Math.floor(at / width)),
  );
  return { data: Buffer.from(pixels.flat()), width, height };
}

/** The largest difference of any sample; infinite if the sizes differ. */
export function largestDifference(a: Rgba, b: Rgba): number {
  if (a.width !== b.width || a.height !== b.height) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [at, value] of a.data.entries()) most = Math.max(most, Math.abs(value - (b.data[at] ?? 0)));
  return most;
}
