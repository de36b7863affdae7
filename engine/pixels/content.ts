import { setImmediate } from 'node:timers/promises';
import type { Pixels } from '../native/raw_pixels.ts';
import type { Box } from '../transform/geometry.ts';

/** RGBA pixels of frames below each other. */
interface Frames extends Pixels {
  readonly count: number;
}

/** Pixels that are looked at before other work of the process gets its turn. */
const pixelsAtOnce = 1e6;

/** Whether pixels look different from the first one: by opacity, or by colour as far as it shows. */
function createDiffers({ data, width, height }: Frames, threshold: number): (pixel: number) => boolean {
  const words = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const [r = 0, g = 0, b = 0, opacity = 0] = data;
  const isFar = (a: number, other: number): boolean => a - other > threshold || other - a > threshold;
  return (pixel) => {
    if (words[pixel] === words[0]) return false;
    const at = 4 * pixel;
    const alpha = data[at + 3] ?? 0;
    const isFarAs = (level: number, channel: number): boolean =>
      isFar(((data[at + channel] ?? 0) * alpha) / 255, (level * opacity) / 255);
    return isFar(alpha, opacity) || isFarAs(r, 0) || isFarAs(g, 1) || isFarAs(b, 2);
  };
}

interface Span {
  readonly left: number;
  readonly right: number;
}

/** The first and the last pixel of a row that differ; undefined where none does. Stops at what is known to be inside. */
function spanOf(
  start: number,
  width: number,
  known: Span,
  differs: (pixel: number) => boolean,
): Span | undefined {
  let left = 0;
  while (left < width && !differs(start + left)) left += 1;
  if (left === width) return undefined;
  let right = width - 1;
  while (right > Math.max(left, known.right) && !differs(start + right)) right -= 1;
  return { left: Math.min(left, known.left), right: Math.max(right, known.right) };
}

/**
 * The part of a picture that is not like its top left pixel: the smallest box for all frames. Undefined where that is
 * all of it or nothing.
 */
export async function findContent(frames: Frames, threshold: number): Promise<Box | undefined> {
  const { width, count } = frames;
  const height = frames.height / count;
  const differs = createDiffers(frames, threshold);
  const rowsAtOnce = Math.ceil(pixelsAtOnce / width);
  let span: Span = { left: width, right: -1 };
  let [top, bottom] = [height, -1];
  for (let row = 0; row < frames.height; row += 1) {
    if (row % rowsAtOnce === rowsAtOnce - 1) await setImmediate();
    const found = spanOf(row * width, width, span, differs);
    if (found === undefined) continue;
    span = found;
    top = Math.min(top, row % height);
    bottom = Math.max(bottom, row % height);
  }
  const box = { left: span.left, top, width: span.right - span.left + 1, height: bottom - top + 1 };
  const isWhole = box.width === width && box.height === height;
  return isWhole || bottom < 0 ? undefined : box;
}
