import type { CodecPool } from '../codec_worker/pool.ts';
import { encode } from '../encode/encode.ts';
import type { Encoded, Format } from '../formats/format.ts';
import { attachPixelMetadata } from '../metadata/metadata.ts';
import type { Sharp } from '../native/sharp.ts';
import { flattenFor, leavesAlpha } from './render_job.ts';
import { type RenderJob, runPasses } from './run_passes.ts';

export interface Finish {
  readonly job: RenderJob;
  readonly format: Format;
  readonly codecs: CodecPool;
}

/** Encodes the pixels that the passes of a job have rendered. */
export async function encodeRendered(image: Sharp, { job, format, codecs }: Finish): Promise<Encoded> {
  const { source, output, metadata } = job;
  const complete = attachPixelMetadata(await flattenFor(format, image, job), metadata);
  const picture = {
    width: source.width,
    height: source.height,
    pages: job.pages,
    alpha: leavesAlpha(job),
    ...(source.delay ? { delay: source.delay.slice(job.page) } : {}),
    ...(source.loop === undefined ? {} : { loop: source.loop }),
  };
  return await encode({ image: complete, format, output, picture, codecs, blocks: metadata.blocks });
}

/** Runs the passes over the pixels of a source that sharp reads, and encodes the result. */
export const finish = async (work: Finish): Promise<Encoded> =>
  await encodeRendered(await runPasses(work.job), work);
