import { once } from '../common/once.ts';
import { Problem } from '../common/problem.ts';
import { endAfter } from '../common/streams/abort.ts';
import type { CodecPool } from './codec_worker/pool.ts';
import type { Conversion, Step } from './conversion.ts';
import type { Converted } from './converted.ts';
import { alphaAfter, readEffects } from './effects/index.ts';
import { chooseFormat } from './encode/choose_format.ts';
import type { Encoded, Format } from './formats/format.ts';
import { writableFormat } from './formats/index.ts';
import { inspect, isAnimation, type Source } from './header/inspect.ts';
import type { Limits } from './limits.ts';
import { metadataFor } from './metadata/metadata.ts';
import { plainReason } from './native/plain_reason.ts';
import type { ConvertOptions } from './options.ts';
import { encodeRendered } from './pixels/finish.ts';
import { contentFinder, type JobOfFile, renderJob } from './pixels/render_job.ts';
import type { RenderJob } from './pixels/run_passes.ts';
import { drawOverlay, loadPictures } from './pixels/watermark_image.ts';
import { chooseWorkingSpace } from './pixels/working_space.ts';
import { plan } from './plan.ts';
import { framesWithin, leastFrames } from './transform/frame_limits.ts';
import { checkInput } from './transform/pixel_limits.ts';
import { onlyScales, sizeAfter, type Transform } from './transform/transform.ts';

export type { Converted } from './converted.ts';
export type { ConvertOptions, FetchImage } from './options.ts';

/** How many pages are requested: all of an animation, where the output can hold several. */
function requestedPages(source: Source, format: Format, { decode }: Conversion): number {
  if (!format.animated || !isAnimation(source)) return 1;
  const rest = source.pages - (decode.page ?? source.mainPage);
  return Math.min(rest, decode.pages || rest);
}

/** How many of the requested pages the limits on inputs allow. @throws Problem `too_many_pixels`. */
function pagesToRead(source: Source, wanted: number, limits: Limits): number {
  const pixels = source.width * source.height;
  const most = Math.min(wanted, limits.MAX_FRAMES, source.framesRead ?? wanted);
  const pages = framesWithin(most, pixels, limits.MAX_INPUT_MEGAPIXELS * 1e6);
  checkInput(source, pages, limits);
  return pages;
}

/** Any failure as a Problem: the input is at fault unless time ran out. */
function conversionProblem(cause: unknown, deadline: AbortSignal, limits: Limits): Problem {
  if (cause instanceof Problem) return cause;
  if (deadline.aborted) {
    return new Problem('conversion_timeout', `conversion took longer than ${limits.CONVERSION_SECONDS} s`, {
      cause,
    });
  }
  return new Problem('corrupt_image', `Cannot convert image: ${plainReason(cause)}`, { cause });
}

/** Loads the code of drawings with the first of them. */
const drawings = once(() => import('./svg/finish_drawing.ts'));
const finishDrawing = async (
  job: JobOfFile,
  format: Format,
  options: ConvertOptions,
): Promise<Encoded | undefined> =>
  job.source.drawing && (await drawings()).finishDrawing(job, format, options);

/** Runs all passes over the pixels and encodes the result. A drawing is finished where it is drawn, if it can be. */
const renderAndEncode = async (job: JobOfFile, format: Format, options: ConvertOptions): Promise<Encoded> =>
  (await finishDrawing(job, format, options)) ??
  (await encodeRendered(await renderJob(job, options), { job, format, codecs: options.codecs }));

/** Returns the input itself, cleaned, where its format allows that and the passes change at most the size. */
async function passThrough(
  source: Source,
  passes: readonly Transform[],
  format: Format,
  { output }: Conversion,
): Promise<Encoded | undefined> {
  if (format.passThrough === undefined || format !== source.format) return undefined;
  if ((output.svg ?? 'auto') !== 'auto' || !passes.every(onlyScales)) return undefined;
  return await format.passThrough(source, passes.reduce(sizeAfter, source));
}

/** A codec pool whose requests also end when the signal aborts. */
const endWith = (codecs: CodecPool, signal: AbortSignal): CodecPool => ({
  ...codecs,
  run: (request) =>
    codecs.run({ ...request, signal: request.signal ? AbortSignal.any([request.signal, signal]) : signal }),
});

/** The picture before a conversion. */
interface Input {
  readonly input: Buffer;
  readonly source: Source;
}

/** Whether a picture may have transparent pixels after a step. */
const mayHaveAlpha = (alpha: boolean, { params: { radius, padding, background } }: Step): boolean =>
  radius || padding ? alphaAfter(alpha, readEffects({ radius, padding, background })) : alpha;

/** The limits on an output, which may be lower in its format. */
const limitsIn = ({ maxSide = Number.POSITIVE_INFINITY }: Format, limits: Limits): Limits => ({
  ...limits,
  MAX_OUTPUT_SIDE: Math.min(limits.MAX_OUTPUT_SIDE, maxSide),
});

/** Plans a conversion: the format, the pages, the passes, the metadata and the colours of its output. */
async function planJob({ input, source }: Input, conversion: Conversion, options: ConvertOptions) {
  const { limits } = options;
  const { decode } = conversion;
  const { format, ...chosen } = await chooseFormat(conversion.output, {
    ...source,
    alpha: conversion.steps.reduce(mayHaveAlpha, source.alpha),
  });
  const output = { ...conversion.output, ...chosen };
  const wanted = requestedPages(source, format, conversion);
  const readable = pagesToRead(source, wanted, limits);
  const page = decode.page ?? source.mainPage;
  const seconds = limits.CONVERSION_SECONDS;
  const maxPixels = limits.MAX_OUTPUT_MEGAPIXELS * 1e6;
  const basics = { source, decode, output, page, seconds, draw: drawOverlay };
  const frames = framesWithin(readable, source.width * source.height, maxPixels);
  const planned = await plan(conversion.steps, source, {
    limits: limitsIn(format, limits),
    pages: Math.min(readable, leastFrames),
    complete: loadPictures(options),
    findContent: contentFinder({ ...basics, input, pages: frames }, options),
  });
  const { passes } = planned;
  const pages = framesWithin(readable, planned.largest, maxPixels);
  const metadata = await metadataFor(source, { input, format, output, plan: planned });
  const colours = await chooseWorkingSpace(source, metadata, { passes, pages });
  const job: RenderJob = { ...basics, ...colours, passes, pages };
  return { job, format, framesLeftOut: wanted - pages };
}

/** Runs a conversion: inspect, plan, then pass the input through or render and encode it. */
async function runConversion(
  input: Buffer,
  conversion: Conversion,
  options: ConvertOptions,
): Promise<Converted> {
  const source = await inspect(input, conversion.decode, options);
  const { job, format, framesLeftOut } = await planJob({ input, source }, conversion, options);
  const { data, ...encoded } =
    (await passThrough(source, job.passes, format, conversion)) ??
    (await renderAndEncode({ ...job, input }, format, options));
  const { width, height, pages } = source;
  const info = {
    ...encoded,
    ...(framesLeftOut > 0 ? { framesLeftOut } : {}),
    passes: job.passes.length,
    input: { format: source.format.name, width, height, pages },
  };
  return { data, format, info };
}

/**
 * Converts one picture.
 * @throws Problem: `missing_image`, `unsupported_input`, `corrupt_image`, `too_many_pixels`, `too_large`,
 * `unsupported_output`, `missing_param`, `invalid_param`, `output_too_large`, `conversion_timeout`, `unprocessable`.
 */
export async function convert(
  input: Buffer,
  conversion: Conversion,
  options: ConvertOptions,
): Promise<Converted> {
  const { limits, codecs } = options;
  const { type } = conversion.output;
  if (type && type !== 'auto') writableFormat(type);
  const { ends, release } = endAfter(limits.CONVERSION_SECONDS * 1000);
  try {
    return await runConversion(input, conversion, { ...options, codecs: endWith(codecs, ends) });
  } catch (cause) {
    throw conversionProblem(cause, ends, limits);
  } finally {
    release();
  }
}
