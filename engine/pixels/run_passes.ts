import type { Decode, Output } from '../conversion.ts';
import { needsFrames } from '../effects/index.ts';
import type { Overlay } from '../effects/overlays.ts';
import { readOptions, type Source } from '../header/inspect.ts';
import { type Kept, withPixelFacts } from '../metadata/metadata.ts';
import { renderGrey } from '../native/raw_pixels.ts';
import { inSrgb, isGrey, type Sharp, sharp } from '../native/sharp.ts';
import type { Plan } from '../plan.ts';
import { isUpright, upright } from '../transform/orientation.ts';
import type { Transform } from '../transform/transform.ts';
import { sizeAfter } from '../transform/transform.ts';
import type { Layer } from './layer.ts';
import { type Canvas, render } from './render.ts';
import type { RgbSpace } from './rgb_space.ts';
import { inSpace, type Working } from './working_space.ts';

export interface Job extends Pick<Plan, 'passes'> {
  readonly source: Source;
  readonly decode: Decode;
  readonly output: Output;
  /** First page and how many are read. */
  readonly page: number;
  readonly pages: number;
  readonly kept: Kept;
  readonly seconds: number;
  readonly working: Working;
  readonly draw: (overlay: Overlay, canvas: Canvas, space?: RgbSpace) => Promise<Layer | undefined>;
}

/** Work that sharp does right on all frames of an animation at once. */
const everyFrame = (transform: Transform): boolean =>
  isUpright(transform.orientation ?? upright) &&
  !(transform.crop && 'smart' in transform.crop) &&
  !needsFrames(transform);

const pageOptions = ({ source, page, pages }: Job): { page?: number; pages?: number } =>
  source.paged ? { page, pages } : {};

/**
 * The colour space that a picture is taken to before any work, where that matters. A profile is lost, or freed memory
 * is written for it (sharp 0.35.5), where the space changes at the end; colours drawn on one channel come out grey.
 */
function firstSpace({ source, kept, passes }: Job): string | undefined {
  const space = kept.deep ? 'rgb16' : 'srgb';
  if (kept.profile) return source.space === 'srgb' && space === 'srgb' ? undefined : space;
  const isPlainGrey = ['b-w', 'grey16'].includes(source.space) && !source.hasProfile;
  return isPlainGrey && passes[0]?.background ? space : undefined;
}

function open(job: Job): Sharp {
  const image = sharp(job.source.bytes, { ...readOptions(job.decode), ...pageOptions(job) });
  const space = firstSpace(job);
  return (space ? image.pipelineColourspace(space) : image).timeout({ seconds: job.seconds });
}

/** A pass over the pixels, and the picture that it begins with. */
interface Pass {
  readonly transform: Transform;
  readonly canvas: Canvas;
  readonly isFirst: boolean;
}

async function pass(image: Sharp, { transform, canvas, isFirst }: Pass, job: Job): Promise<Sharp> {
  const { first, later, fromP3 } = job.working;
  const space = isFirst ? first : later;
  const coloured = inSpace(transform, space);
  const drawn = sizeAfter(canvas, transform);
  const overlays = coloured.overlays ?? [];
  const layers = await Promise.all(overlays.map((overlay) => job.draw(overlay, drawn, space)));
  const made = render(
    image,
    coloured,
    canvas,
    layers.filter((layer) => layer !== undefined),
  );
  return isFirst && fromP3 ? inSrgb(made) : made;
}

interface RawPixels extends Canvas {
  readonly data: Buffer;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Pixels for the next pass: in colour, since more than light may be drawn on grey ones. */
async function rawPixels(image: Sharp): Promise<RawPixels> {
  const coloured = isGrey(image) ? (await renderGrey(image)).toColourspace('srgb') : image;
  const { data, info } = await coloured.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/**
 * Hands pixels on, never a lossy file. With a colour profile to keep they travel in an uncompressed PNG,
 * a container of pixels and profile that sharp takes.
 */
export async function handOver(image: Sharp, job: Job): Promise<Sharp> {
  if ((job.kept.profile || job.kept.deep) && job.pages === 1) {
    const made = isGrey(image) ? (await renderGrey(image)).toColourspace('srgb') : image;
    const kept = withPixelFacts(made, job.kept);
    const next = sharp(await kept.png({ compressionLevel: 0 }).toBuffer(), { limitInputPixels: false });
    return job.kept.deep ? next.pipelineColourspace('rgb16') : next;
  }
  const { data, ...raw } = await rawPixels(image);
  return sharp(data, { raw, limitInputPixels: false });
}

/** All passes over one picture. */
async function throughPasses(first: Sharp, canvas: Canvas, job: Job): Promise<Sharp> {
  let image = first;
  let size = canvas;
  if (job.passes.length === 0 && job.working.fromP3) return inSrgb(first);
  for (const [index, transform] of job.passes.entries()) {
    if (index > 0) image = (await handOver(image, job)).timeout({ seconds: job.seconds });
    image = await pass(image, { transform, canvas: size, isFirst: index === 0 }, job);
    size = sizeAfter(size, transform);
  }
  return image;
}

/** Draws each overlay once: all frames are of one size. */
function once(draw: Job['draw']): Job['draw'] {
  const drawn = new Map<Overlay, ReturnType<Job['draw']>>();
  return (overlay, canvas, space) => {
    const layer = drawn.get(overlay) ?? draw(overlay, canvas, space);
    drawn.set(overlay, layer);
    return layer;
  };
}

/** Frame by frame: each its own picture, stacked again as sharp stacks frames. */
async function throughFrames(job: Job): Promise<Sharp> {
  const all = await rawPixels(open(job));
  const size = { width: all.width, height: all.height / job.pages };
  const raw = { ...size, channels: all.channels };
  const single = { ...job, pages: 1, kept: { ...job.kept, profile: false }, draw: once(job.draw) };
  const frame = async (index: number): Promise<RawPixels> => {
    const bytes = all.data.length / job.pages;
    const data = all.data.subarray(index * bytes, (index + 1) * bytes);
    return await rawPixels(await throughPasses(sharp(data, { raw, limitInputPixels: false }), size, single));
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

/** The pipeline that yields the finished pixels of a job; only encoding is left. */
export async function pixels(job: Job): Promise<Sharp> {
  const animated = job.pages > 1;
  if (animated && !(job.passes.length <= 1 && job.passes.every(everyFrame))) return await throughFrames(job);
  return await throughPasses(open(job), job.source, job);
}
