import type { CodecAnswer } from '../codec_worker/pool.ts';
import type { Encoded, Format } from '../formats/format.ts';
import { isEmpty } from '../metadata/blocks.ts';
import type { ConvertOptions } from '../options.ts';
import type { JobOfFile } from '../pixels/render_job.ts';
import type { RenderJob } from '../pixels/run_passes.ts';
import type { Size } from '../transform/geometry.ts';
import { onlyScales, type Transform } from '../transform/transform.ts';
import { cssScale, documentFor } from './rasterize.ts';

/** Whether the worker can do all that follows: it fetches no pictures, draws no overlays, and has sharp alone. */
const canFinish = ({ passes, metadata }: RenderJob, { engine, writer, name }: Format): boolean =>
  engine === 'sharp' &&
  writer === undefined &&
  name !== 'svg' &&
  isEmpty(metadata.blocks) &&
  passes.every(({ overlays }) => overlays === undefined);

/** Whether a pass changes nothing of a picture of this size. */
const isDone = (pass: Transform, { width, height }: Size): boolean =>
  onlyScales(pass) && (pass.resize?.width ?? width) === width && (pass.resize?.height ?? height) === height;

const encodedIn = ({ details, data }: CodecAnswer): Encoded => ({
  ...(details.encoded as Omit<Encoded, 'data'>),
  data,
});

/**
 * Sends a drawing and the rest of its job to the worker, which draws, renders and encodes: one trip, and no pixels on
 * the way back. @returns undefined where the worker cannot do all of it.
 */
export async function finishDrawing(
  job: JobOfFile,
  format: Format,
  { limits, codecs }: Pick<ConvertOptions, 'limits' | 'codecs'>,
): Promise<Encoded | undefined> {
  const { source, input: _i, draw: _d, ...rest } = job;
  const { drawing, exact, bytes: _b, format: _f, blocks: _k, ...plain } = source;
  if (drawing === undefined || exact === undefined || !canFinish(job, format)) return undefined;
  const { data, size } = documentFor({ drawing, exact }, job.passes, limits);
  // Drawn at its final size, it needs no pass: sharp draws and encodes at once.
  const passes = job.passes.every((pass) => isDone(pass, size)) ? [] : job.passes;
  const details = { scale: cssScale, format: format.name, job: { ...rest, passes, source: plain } };
  return encodedIn(await codecs.run({ task: 'svg.finish', details, data }));
}
