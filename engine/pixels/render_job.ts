import { allowsBackgroundFirst, alphaAfter } from '../effects/index.ts';
import type { Format } from '../formats/format.ts';
import { readEnoughPixels } from '../header/enough_pixels.ts';
import { toRgba } from '../native/raw_pixels.ts';
import type { Sharp } from '../native/sharp.ts';
import type { ConvertOptions } from '../options.ts';
import type { PlanOptions } from '../plan.ts';
import { rasterize } from '../svg/index.ts';
import type { Transform } from '../transform/transform.ts';
import { wantedScale } from '../transform/wanted_scale.ts';
import { findContent } from './content.ts';
import { decodeOnce } from './decode_once.ts';
import { handOver, type RenderJob, runPasses } from './run_passes.ts';
import { applyGreyProfile, convertColours } from './working_space.ts';

/** A job, and the file that it reads. */
export type JobOfFile = RenderJob & { readonly input: Buffer };

/** Reads as many pixels as a job needs and runs its passes. */
export async function renderJob({ input, ...job }: JobOfFile, options: ConvertOptions): Promise<Sharp> {
  const { source, decode, passes } = job;
  const scale = wantedScale(source, passes[0]);
  const filled = await readEnoughPixels(source, { input, decode, scale }, options);
  const drawn = await rasterize(filled, passes, options);
  const shared = options.decodeOnce ? await decodeOnce(drawn, decode) : drawn;
  return await runPasses({ ...job, source: await applyGreyProfile(shared, decode) });
}

/** Measures the part of a picture that its edges frame, for the plan. `job`: how the picture is read. */
export const contentFinder =
  (
    job: Omit<JobOfFile, 'passes' | 'metadata' | 'working'>,
    options: ConvertOptions,
  ): PlanOptions['findContent'] =>
  async (passes, threshold) => {
    const metadata = { blocks: {}, profile: false, orientation: 1 };
    const image = await renderJob({ ...job, passes, metadata, working: {} }, options);
    return await findContent({ ...(await toRgba(image)), count: job.pages }, threshold);
  };

/** Whether the passes leave transparent pixels. */
export const leavesAlpha = ({ source, passes }: RenderJob): boolean =>
  passes.reduce(alphaAfter, source.alpha);

/** The colour under what is transparent at the end, in the space of the pixels. */
function groundOf({ passes, working, output }: RenderJob): NonNullable<Transform['background']> {
  const { background = output.background } = passes.findLast((pass) => pass.background) ?? {};
  return convertColours({ background }, working.later).background ?? background;
}

/**
 * Puts the background under transparency where the format has none. sharp flattens before anything else, so the
 * picture is handed over first where the work would change with that: a smart crop keeps the same part whatever the
 * output type.
 */
export async function flattenFor(format: Format, image: Sharp, job: RenderJob): Promise<Sharp> {
  if (format.alpha || !leavesAlpha(job)) return image;
  const last = job.passes.at(-1) ?? {};
  const isSmart = last.crop !== undefined && 'smart' in last.crop;
  const ready = isSmart || !allowsBackgroundFirst(last) ? await handOver(image, job) : image;
  return ready.flatten({ background: groundOf(job) });
}
