import { exifOrientation } from '../../metadata/exif.ts';
import { toRgba } from '../../native/raw_pixels.ts';
import { setOrientation, sharp } from '../../native/sharp.ts';
import { framesToRead } from '../../transform/frame_limits.ts';
import type { Decoded, DecodeOptions } from '../format.ts';
import { type Animation, type ApngFrame, readAnimation } from './frames.ts';

const bytesPerPixel = 4;

/** Copies `source`, which has the size of the frame, into the canvas; without a source, clears the area. */
function put(canvas: Buffer, width: number, frame: ApngFrame, source?: Buffer): void {
  const row = frame.width * bytesPerPixel;
  for (let y = 0; y < frame.height; y += 1) {
    const at = ((frame.top + y) * width + frame.left) * bytesPerPixel;
    if (source) source.copy(canvas, at, y * row, (y + 1) * row);
    else canvas.fill(0, at, at + row);
  }
}

async function compositeOver(
  canvas: Buffer,
  { width, height }: Animation,
  frame: ApngFrame,
  input: Buffer,
): Promise<Buffer> {
  const raw = { width: frame.width, height: frame.height, channels: 4 as const };
  return await sharp(canvas, { raw: { width, height, channels: 4 }, limitInputPixels: false })
    .composite([{ input, raw, left: frame.left, top: frame.top }])
    .raw()
    .toBuffer();
}

/** Draws every frame as viewers show it. */
async function* drawFrames(animation: Animation, count: number): AsyncGenerator<Buffer> {
  let canvas: Buffer = Buffer.alloc(animation.width * animation.height * bytesPerPixel);
  for (const frame of animation.frames.slice(0, count)) {
    const { data } = await toRgba(sharp(frame.png(), { limitInputPixels: false }));
    const before = frame.dispose === 2 ? Buffer.from(canvas) : undefined;
    if (frame.over) canvas = await compositeOver(canvas, animation, frame, data);
    else put(canvas, animation.width, frame, data);
    yield Buffer.from(canvas);
    if (before) canvas = before;
    else if (frame.dispose === 1) put(canvas, animation.width, frame);
  }
}

/** All frames that are wanted, stacked in a TIFF of several pages. */
export async function readApng(input: Buffer, options: DecodeOptions): Promise<Decoded> {
  const animation = readAnimation(input);
  const { width, height, frames, exif } = animation;
  const { count, framesRead } = framesToRead({ width, height, frames: frames.length }, options);
  const stack: Buffer[] = [];
  for await (const frame of drawFrames(animation, count)) stack.push(frame);
  const raw = { width, height: height * count, channels: 4 as const, pageHeight: height };
  const image = sharp(Buffer.concat(stack), { raw, limitInputPixels: false });
  setOrientation(image, (exif && exifOrientation(exif)) || 1);
  return {
    bytes: await image.tiff({ compression: 'none' }).toBuffer(),
    framesRead,
    pages: frames.length,
    delay: frames.map(({ delayMs }) => delayMs),
    loop: animation.plays,
  };
}
