import { setImmediate } from 'node:timers/promises';
import type { Pixels } from '../native/raw_pixels.ts';
import type { Box } from '../transform/geometry.ts';

/** RGBA pixels of frames below each other. */
interface Frames extends Pixels {
  readonly count: number;
}

/** Bytes that are looked at before other work of the process gets its turn. */
const bytesAtOnce = 8e6;

/** Whether pixels look different: by opacity, or by colour as far as it shows. */
function createDiffers({ data }: Frames, threshold: number): (at: number) => boolean {
  const shown = (at: number, channel: number): number =>
    ((data[at + channel] ?? 0) * (data[at + 3] ?? 0)) / 255;
  const edge = [shown(0, 0), shown(0, 1), shown(0, 2), data[3] ?? 0] as const;
  return (at) =>
    Math.abs((data[at + 3] ?? 0) - edge[3]) > threshold ||
    Math.abs(shown(at, 0) - edge[0]) > threshold ||
    Math.abs(shown(at, 1) - edge[1]) > threshold ||
    Math.abs(shown(at, 2) - edge[2]) > threshold;
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
  differs: (at: number) => boolean,
): Span | undefined {
  let left = 0;
  while (left < width && !differs(start + 4 * left)) left += 1;
  if (left === width) return undefined;
  let right = width - 1;
  while (right > Math.max(left, known.right) && !differs(start + 4 * right)) right -= 1;
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
  const rowsAtOnce = Math.ceil(bytesAtOnce / (4 * width));
  let span: Span = { left: width, right: -1 };
  let [top, bottom] = [height, -1];
  for (let row = 0; row < frames.height; row += 1) {
    if (row % rowsAtOnce === rowsAtOnce - 1) await setImmediate();
    const found = spanOf(row * width * 4, width, span, differs);
    if (found === undefined) continue;
    span = found;
    top = Math.min(top, row % height);
    bottom = Math.max(bottom, row % height);
  }
  const box = { left: span.left, top, width: span.right - span.left + 1, height: bottom - top + 1 };
  const isWhole = box.width === width && box.height === height;
  return isWhole || bottom < 0 ? undefined : box;
}
