/** Drawings. Their code is loaded with the first of them: most services see none, and start sooner without it. */
import { once } from '../../common/once.ts';
import type { CodecPool } from '../codec_worker/pool.ts';
import type { Limits } from '../limits.ts';
import type { Drawing } from './check.ts';
import type { rasterize as rasterizeDrawing } from './rasterize.ts';
import type { Frame } from './size.ts';

const check = once(() => import('./check.ts'));
const rasterizing = once(() => import('./rasterize.ts'));

/** Reads an SVG from its text. librsvg cannot be interrupted, so it never runs in this process. */
export async function readDrawing(
  input: Buffer,
  { limits, codecs }: { readonly limits: Limits; readonly codecs: CodecPool },
): Promise<{ readonly drawing: Drawing; readonly exact: Frame }> {
  const drawing = await (await check()).readDrawing(input, limits);
  return { drawing, exact: await (await rasterizing()).frameOfDrawing(drawing, codecs) };
}

type Rasterize = typeof rasterizeDrawing;

/** Rasterizes a drawing in the worker; returns any other source unchanged. */
export const rasterize: Rasterize = async (source, passes, options) =>
  source.drawing === undefined ? source : await (await rasterizing()).rasterize(source, passes, options);
