import { sharp } from '../../../engine/native/sharp.ts';
import { run } from './conversions.ts';

/** An animation as a viewer sees it; of each frame the green of its last pixel. */
export interface SeenFrames {
  readonly pages: number;
  readonly delay: readonly number[] | undefined;
  readonly loop: number | undefined;
  readonly green: readonly number[];
}

/** What an animation shows, whatever it is written as. */
export async function seenFrames(bytes: Buffer, type: string): Promise<SeenFrames> {
  const webp = type === 'apng' ? (await run(bytes, { type: 'webp', lossless: true })).data : bytes;
  const { pages = 1, delay, loop, pageHeight = 0 } = await sharp(webp, { animated: true }).metadata();
  const { data, info } = await sharp(webp, { animated: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const lastPixel = (frame: number): number => ((frame + 1) * pageHeight * info.width - 1) * 3 + 1;
  return {
    pages,
    delay,
    loop,
    green: Array.from({ length: pages }, (_, frame) => data[lastPixel(frame)] ?? -1),
  };
}
