import type { Decode, Output } from '../conversion.ts';
import { hasColours, needsFrames } from '../effects/index.ts';
import type { Overlay } from '../effects/overlays.ts';
import { readOptions, type Source } from '../header/inspect.ts';
import { attachPixelMetadata, type OutputMetadata } from '../metadata/metadata.ts';
import { renderGrey } from '../native/raw_pixels.ts';
import { inSrgb, isGrey, type Sharp, setDensity, sharp } from '../native/sharp.ts';
import type { PassPlan } from '../plan.ts';
import { isUpright, upright } from '../transform/orientation.ts';
import type { Transform } from '../transform/transform.ts';
import { geometryOf, sizeAfter } from '../transform/transform.ts';
import type { Layer } from './layer.ts';
import { type Canvas, render } from './render.ts';
import type { RgbSpace } from './rgb_space.ts';
import { convertColours, type Working } from './working_space.ts';

/** A planned conversion of one picture. */
export interface RenderJob extends Pick<PassPlan, 'passes'> {
  readonly source: Source;
  readonly decode: Decode;
  readonly output: Output;
  /** First page, and number of pages, to read. */
  readonly page: number;
  readonly pages: number;
  readonly metadata: OutputMetadata;
  readonly seconds: number;
  readonly working: Working;
  readonly draw: (overlay: Overlay, canvas: Canvas, space?: RgbSpace) => Promise<Layer | undefined>;
}

/** Whether sharp does the work of a pass rightly on the stacked frames of an animation. */
const worksOnStackedFrames = (transform: Transform): boolean =>
  isUpright(transform.orientation ?? upright) &&
  !(transform.crop && 'smart' in transform.crop) &&
  !needsFrames(transform);

const pageOptions = ({ source, page, pages }: RenderJob): { page?: number; pages?: number } =>
  source.paged ? { page, pages } : {};

/**
 * The colour space that a picture is converted to before any work, where that matters. If the space changed at the
 * end, the profile would be lost, or freed memory written in its place (sharp 0.35.5); colours drawn on one channel
 * would come out grey.
 */
function firstSpace({ source, metadata, passes }: RenderJob): string | undefined {
  const space = metadata.deep ? 'rgb16' : 'srgb';
  if (metadata.profile) return source.space === 'srgb' && space === 'srgb' ? undefined : space;
  const isPlainGrey = ['b-w', 'grey16'].includes(source.space) && !source.hasProfile;
  return isPlainGrey && passes[0] && hasColours(passes[0]) ? space : undefined;
}

function openImage(job: RenderJob): Sharp {
  const { bytes, raw, density } = job.source;
  const drawn = raw ? { raw } : density ? { density } : {};
  const image = sharp(bytes, { ...readOptions(job.decode), ...pageOptions(job), ...drawn });
  if (raw && density) setDensity(image, density);
  const space = firstSpace(job);
  return (space ? image.pipelineColourspace(space) : image).timeout({ seconds: job.seconds });
}

/** A pass over the pixels, and the size of the picture before it. */
interface Pass {
  readonly transform: Transform;
  readonly canvas: Canvas;
  readonly isFirst: boolean;
}

/** The value of white in the pixels of a pass. */
function whiteOf(isFirst: boolean, job: RenderJob): number {
  const isDeep =
    job.metadata.deep || (isFirst && job.source.depth === 'ushort' && firstSpace(job) !== 'srgb');
  return isDeep ? 65_535 : 255;
}

/** Puts one pass on a pipeline, with its overlays drawn. */
async function runPass(image: Sharp, { transform, canvas, isFirst }: Pass, job: RenderJob): Promise<Sharp> {
  const { first, later, fromP3 } = job.working;
  const space = isFirst ? first : later;
  const coloured = convertColours(transform, space);
  const drawn = sizeAfter(canvas, geometryOf(transform));
  const overlays = coloured.overlays ?? [];
  const layers = await Promise.all(overlays.map((overlay) => job.draw(overlay, drawn, space)));
  const made = render(image, coloured, canvas, {
    layers: layers.filter((layer) => layer !== undefined),
    white: whiteOf(isFirst, job),
  });
  return isFirst && fromP3 ? inSrgb(made) : made;
}

interface RawPixels extends Canvas {
  readonly data: Buffer;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Reads the pixels for the next pass: in colour, since it may draw colours on grey pixels. */
async function readRawPixels(image: Sharp): Promise<RawPixels> {
  const coloured = isGrey(image) ? (await renderGrey(image)).toColourspace('srgb') : image;
  const { data, info } = await coloured.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/**
 * Renders a pipeline and begins another with its pixels. Pixels with a colour profile to keep are handed over in an
 * uncompressed PNG, others raw.
 */
export async function handOver(image: Sharp, job: RenderJob): Promise<Sharp> {
  if ((job.metadata.profile || job.metadata.deep) && job.pages === 1) {
    const colour = isGrey(image) ? (await renderGrey(image)).toColourspace('srgb') : image;
    const complete = attachPixelMetadata(colour, job.metadata);
    const next = sharp(await complete.png({ compressionLevel: 0 }).toBuffer(), { limitInputPixels: false });
    return job.metadata.deep ? next.pipelineColourspace('rgb16') : next;
  }
  const { data, ...raw } = await readRawPixels(image);
  return sharp(data, { raw, limitInputPixels: false });
}

/** Runs all passes over one picture. */
async function runInTurn(first: Sharp, canvas: Canvas, job: RenderJob): Promise<Sharp> {
  let image = first;
  let size = canvas;
  if (job.passes.length === 0 && job.working.fromP3) return inSrgb(first);
  for (const [index, transform] of job.passes.entries()) {
    if (index > 0) image = (await handOver(image, job)).timeout({ seconds: job.seconds });
    image = await runPass(image, { transform, canvas: size, isFirst: index === 0 }, job);
    size = sizeAfter(size, transform);
  }
  return image;
}

/** Remembers drawn overlays, since all frames have the same size. */
function drawOnce(draw: RenderJob['draw']): RenderJob['draw'] {
  const drawn = new Map<Overlay, ReturnType<RenderJob['draw']>>();
  return (overlay, canvas, space) => {
    const layer = drawn.get(overlay) ?? draw(overlay, canvas, space);
    drawn.set(overlay, layer);
    return layer;
  };
}

/** Turns in a pass of its own before a smart crop: raw frames have no tag, which sharp would turn them by. */
const turnFirst = (pass: Transform): readonly Transform[] => {
  const { orientation, ...rest } = pass;
  const isSmart = pass.crop !== undefined && 'smart' in pass.crop;
  return isSmart && orientation && !isUpright(orientation) ? [{ orientation }, rest] : [pass];
};

/** Runs all passes over each frame on its own, and stacks the frames again. */
async function runFrameByFrame(job: RenderJob): Promise<Sharp> {
  const all = await readRawPixels(openImage(job));
  const size = { width: all.width, height: all.height / job.pages };
  const raw = { ...size, channels: all.channels };
  const single = {
    ...job,
    passes: job.passes.flatMap(turnFirst),
    pages: 1,
    source: { ...job.source, depth: 'uchar' },
    metadata: { ...job.metadata, profile: false },
    draw: drawOnce(job.draw),
  };
  const frame = async (index: number): Promise<RawPixels> => {
    const bytes = all.data.length / job.pages;
    const data = all.data.subarray(index * bytes, (index + 1) * bytes);
    return await readRawPixels(await runInTurn(sharp(data, { raw, limitInputPixels: false }), size, single));
  };
  const first = await frame(0);
  const stack = Buffer.alloc(first.data.length * job.pages);
  first.data.copy(stack);
  for (let index = 1; index < job.pages; index += 1) {
    (await frame(index)).data.copy(stack, index * first.data.length);
  }
  const { width, height, channels } = first;
  return sharp(stack, {
    raw: { width, height: height * job.pages, channels, pageHeight: height },
    limitInputPixels: false,
  });
}

/** Runs the passes of a job. Returns a pipeline that yields the finished pixels, to be encoded. */
export async function runPasses(job: RenderJob): Promise<Sharp> {
  const isAnimated = job.pages > 1;
  if (isAnimated && !(job.passes.length <= 1 && job.passes.every(worksOnStackedFrames)))
    return await runFrameByFrame(job);
  return await runInTurn(openImage(job), job.source, job);
}
