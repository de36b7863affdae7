import { Problem } from '../common/problem.ts';
import type { Step } from './conversion.ts';
import type { Source } from './header/inspect.ts';
import type { Limits } from './limits.ts';
import { operationNamed } from './operations/index.ts';
import type { ImageInfo } from './operations/operation.ts';
import { atDensity } from './transform/density.ts';
import { type Box, type Size, wholeSize } from './transform/geometry.ts';
import { merge } from './transform/merge.ts';
import { fromExif } from './transform/orientation.ts';
import { checkHeld, checkHeldAtOnce, checkOutput, checkRequested } from './transform/pixel_limits.ts';
import { splitPass } from './transform/split.ts';
import { splitEffects } from './transform/split_effects.ts';
import { sizeAfter, type Transform } from './transform/transform.ts';

export interface PlanOptions {
  readonly limits: Limits;
  /** How many pages or frames are read. */
  readonly pages: number;
  /** Loads the pictures of watermarks that a transform names. Rejects with a Problem. */
  readonly complete: (transform: Transform) => Promise<Transform>;
  /** Finds the part of the picture after some passes that its edges frame; undefined where it is all of it. */
  readonly findContent: (passes: readonly Transform[], threshold: number) => Promise<Box | undefined>;
}

export interface PassPlan {
  /** The passes over the pixels, as few as possible. */
  readonly passes: readonly Transform[];
  /** The EXIF orientation of the output; 0 where the input has none, so that none is added. */
  readonly orientation: number;
  /** The most pixels of one frame that are made or held on the way, as the limits count them. */
  readonly largest: number;
}

/** Whether a step leaves the EXIF orientation unapplied: then the tag stays too. */
const keepsTag = ({ operation, params }: Step): boolean =>
  Boolean(params.norotation) && !params.rotate && operationNamed(operation).fields.includes('norotation');

const isWhole = (box: object | undefined): boolean =>
  box === undefined || Object.values(box).every(Number.isInteger);

/** Whether all boxes of transforms are in whole pixels, though the size of the picture may be a fraction. */
const areWholePixels = (transforms: readonly Transform[]): boolean =>
  transforms.every(({ region, resize, crop, pad }, index) => {
    const isSized = index > 0 || resize !== undefined || !(region || crop || pad);
    const box = crop && 'smart' in crop ? crop.smart : crop;
    return isSized && isWhole(region) && isWhole(resize) && isWhole(box) && isWhole(pad);
  });

/** The transforms of a step. A drawing that is only scaled keeps a size in fractions of a pixel. */
function transformsOf({ operation, params }: Step, image: ImageInfo): readonly Transform[] {
  const { transform } = operationNamed(operation);
  const scaled = atDensity(params);
  const exact = [transform(scaled, image)].flat();
  return areWholePixels(exact) ? exact : [transform(scaled, { ...image, ...wholeSize(image) })].flat();
}

/** What is planned so far: the transforms, and the picture after them. */
interface Planned {
  readonly source: Source;
  readonly before: readonly Transform[];
  readonly image: ImageInfo;
}

/** Plans the trimming that a step begins with: a crop to the box that the pixels have. */
async function planTrim(
  { operation, params }: Step,
  { source, image, before }: Planned,
  options: PlanOptions,
) {
  const { trim } = params;
  if (!trim || !operationNamed(operation).fields.includes('trim')) return { trimming: [], trimmed: image };
  const { passes } = passesFor(source, before, options);
  checkHeldAtOnce(image, options);
  const crop = await options.findContent(passes, trim);
  if (crop === undefined) return { trimming: [], trimmed: image };
  return { trimming: [{ crop }], trimmed: { ...image, width: crop.width, height: crop.height } };
}

/** Plans one step: its transforms and the picture after it. @throws Problem of the operation. */
async function planStep(step: Step, planned: Planned, options: PlanOptions) {
  const { image } = planned;
  const { trimming, trimmed } = await planTrim(step, planned, options);
  const requested = [...trimming, ...transformsOf(step, trimmed)];
  const size = requested.reduce<Size>(sizeAfter, image);
  const grown = checkRequested(image, size, options);
  const transforms = await Promise.all(requested.map(options.complete));
  return { transforms, grown, image: { ...size, orientation: keepsTag(step) ? image.orientation : 1 } };
}

/** The fewest passes that hold no more pixels than the limits allow. @throws Problem `output_too_large`. */
function passesFor(source: Source, transforms: readonly Transform[], options: PlanOptions) {
  const maxPixels = (options.limits.MAX_OUTPUT_MEGAPIXELS * 1e6) / options.pages;
  let size: Size = source;
  const merged = merge(source, transforms).flatMap((pass, index) => {
    const orientation = index === 0 ? source.orientation : 0;
    const parts = splitPass(pass, { width: size.width, height: size.height, orientation, maxPixels });
    size = sizeAfter(size, pass);
    return parts;
  });
  const passes = splitEffects(merged, source);
  return { passes, held: checkHeld(source, passes, options) };
}

/** The size of a picture; that of a drawing may be a fraction of a pixel. */
const sizeOf = ({ width, height, exact }: Source): Size => exact ?? { width, height };

/**
 * Plans the passes of a conversion. A step that fails and whose failure is ignored is left out.
 * @throws Problem of the first other step that fails.
 */
export async function plan(steps: readonly Step[], source: Source, options: PlanOptions): Promise<PassPlan> {
  let image: ImageInfo = { ...source, ...sizeOf(source) };
  let all: readonly Transform[] = [];
  let planned: ReturnType<typeof passesFor> | undefined;
  let grown = 0;
  for (const step of steps) {
    try {
      const next = await planStep(step, { source, image, before: all }, options);
      const withNext = [...all, ...next.transforms];
      planned = passesFor(source, withNext, options);
      all = withNext;
      image = next.image;
      grown = Math.max(grown, next.grown);
    } catch (error) {
      if (!(step.ignoreFailure && error instanceof Problem)) throw error;
    }
  }
  const leftOver = image.orientation > 1 && !steps.some(keepsTag);
  if (leftOver) planned = passesFor(source, [...all, { orientation: fromExif(image.orientation) }], options);
  const { passes, held } = planned ?? passesFor(source, all, options);
  const output = passes.reduce<Size>(sizeAfter, source);
  checkOutput(output, options);
  const largest = Math.max(grown, held, output.width * output.height);
  const orientation = leftOver ? 1 : image.orientation;
  return { passes, largest, orientation: source.orientation === 0 ? 0 : orientation };
}
