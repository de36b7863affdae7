import { Problem } from '../common/problem.ts';
import type { Conversion } from './conversion.ts';
import type { Format } from './format.ts';
import { formatNamed, writableFormat } from './formats/index.ts';
import { inspect, type Source } from './inspect.ts';
import type { Isolate } from './isolate.ts';
import type { Limits } from './limits.ts';
import type { Output } from './output.ts';
import { drawOverlay, withPictures } from './overlay.ts';
import { type Job, pixels } from './pixels.ts';
import { checkInput, plan } from './plan.ts';
import { withMetadata } from './render.ts';

/** Fetches the picture of a watermark. @throws Problem. */
export type FetchImage = (url: string) => Promise<Buffer>;

export interface ConvertOptions {
  readonly limits: Limits;
  readonly fetchImage: FetchImage;
  readonly isolate: Isolate;
}

export interface Converted {
  readonly data: Buffer;
  readonly format: Format;
  readonly info: {
    readonly width: number;
    readonly height: number;
    readonly pages: number;
    /** Passes over the pixels that it took. */
    readonly passes: number;
    readonly input: Pick<Source, 'width' | 'height' | 'pages'> & { readonly format: string };
    readonly mode?: string;
  };
}

/** What is written: what was asked for, else as the input, else what every browser shows. */
function outputFormat(output: Output, source: Source): Format {
  if (output.type === 'auto') return autoFormat(output, source);
  if (output.type) return writableFormat(output.type);
  return source.format.writes ? source.format : writableFormat(source.alpha ? 'png' : 'jpeg');
}

function autoFormat(output: Output, source: Source): Format {
  const best = output.accept?.map(formatNamed).find((format) => format?.writes);
  return best ?? outputFormat({ ...output, type: '' }, source);
}

/** How many pages are read: all that the output can hold, where there are several. */
function pagesToRead(source: Source, format: Format, { decode }: Conversion, limits: Limits): number {
  if (!format.animated || !source.format.animated) return 1;
  const rest = Math.max(1, source.pages - decode.page);
  return Math.min(rest, decode.pages || rest, limits.MAX_FRAMES);
}

/** A profile of CMYK or grey does not describe the sRGB pixels that are written. */
const canKeepProfile = ({ space }: Source): boolean =>
  space === 'srgb' || space === 'rgb' || space === 'rgb16';

/** What went wrong in pixels, in one sentence: the input is at fault unless time ran out. */
function failure(cause: unknown, deadline: AbortSignal, limits: Limits): Problem {
  if (cause instanceof Problem) return cause;
  if (deadline.aborted) {
    return new Problem('conversion_timeout', `conversion took longer than ${limits.CONVERSION_SECONDS} s`, {
      cause,
    });
  }
  const [first] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return new Problem('corrupt_image', `Cannot convert image: ${first}`, { cause });
}

async function encode(job: Job, format: Format, { isolate }: ConvertOptions) {
  const { source, output } = job;
  const image = await pixels(job);
  const flat = format.alpha ? image : image.flatten({ background: output.background });
  const kept = withMetadata(flat, output, job.keepProfile, job.orientation);
  const facts = {
    width: source.width,
    height: source.height,
    pages: job.pages,
    alpha: source.alpha,
    ...(source.delay ? { delay: source.delay.slice(job.page) } : {}),
    ...(source.loop === undefined ? {} : { loop: source.loop }),
  };
  if (format.encode === undefined)
    throw new Problem('unsupported_output', `${format.name} cannot be written`);
  return await format.encode(kept, output, facts, isolate);
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
  const { limits } = options;
  const deadline = AbortSignal.timeout(limits.CONVERSION_SECONDS * 1000);
  const { decode, output } = conversion;
  if (output.type && output.type !== 'auto') writableFormat(output.type);
  try {
    const source = await inspect(input, decode, options);
    const format = outputFormat(output, source);
    const pages = pagesToRead(source, format, conversion, limits);
    checkInput(source, pages, limits);
    const complete = withPictures(options);
    const { passes, orientation } = await plan(conversion.steps, source, { limits, pages, complete });
    const keepProfile = output.profile === 'keep' && canKeepProfile(source);
    const job: Job = {
      source,
      decode,
      output,
      passes,
      orientation,
      pages,
      keepProfile,
      page: Math.min(decode.page, source.pages - 1),
      seconds: limits.CONVERSION_SECONDS,
      draw: drawOverlay,
    };
    const { data, width, height, mode, ...made } = await encode(job, format, options);
    const info = {
      width,
      height,
      pages: made.pages,
      passes: passes.length,
      ...(mode ? { mode } : {}),
      input: { format: source.format.name, width: source.width, height: source.height, pages: source.pages },
    };
    return { data, format, info };
  } catch (cause) {
    throw failure(cause, deadline, limits);
  }
}
