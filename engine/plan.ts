import { Problem } from '../common/problem.ts';
import type { Step } from './conversion.ts';
import type { Size } from './geometry.ts';
import type { Source } from './inspect.ts';
import type { Limits } from './limits.ts';
import { merge } from './merge.ts';
import type { ImageInfo } from './operation.ts';
import { operationNamed } from './operations/index.ts';
import { fromExif, isSame, isUpright, upright } from './orientation.ts';
import { sizeAfter, type Transform } from './transform.ts';

export interface PlanOptions {
  readonly limits: Limits;
  /** How many pages or frames are read. */
  readonly pages: number;
  /** Brings what transforms only name (the pictures of watermarks). Rejects with a Problem where it cannot. */
  readonly complete: (transform: Transform) => Promise<Transform>;
}

export interface Plan {
  /** The passes over the pixels that the steps come to, as few as their meaning allows. */
  readonly passes: readonly Transform[];
  /** What the EXIF tag must say of the outcome; 0 where the input has none, so that none is invented. */
  readonly orientation: number;
}

/** A step that is told to leave the EXIF orientation unapplied leaves its tag too. */
const keepsTag = ({ operation, params }: Step): boolean =>
  Boolean(params.norotation) && !params.rotate && operationNamed(operation).fields.includes('norotation');

/** The transforms of one step and the picture after it. @throws Problem of the operation. */
async function stepFrom(step: Step, image: ImageInfo, { limits, pages, complete }: PlanOptions) {
  const asked = [operationNamed(step.operation).transform(step.params, image)].flat();
  const size = checkOutput(asked, image, pages, limits);
  const transforms = await Promise.all(asked.map(complete));
  return { transforms, image: { ...size, orientation: keepsTag(step) ? image.orientation : 1 } };
}

/** A smart crop looks at the picture as it lies after turning, which one pass does only for the EXIF orientation. */
function split(pass: Transform, first: boolean, source: Source): readonly Transform[] {
  const { orientation = upright, region, resize, nearest, ...rest } = pass;
  const smart = pass.crop !== undefined && 'smart' in pass.crop;
  const inOnePass =
    isUpright(orientation) || (first && !region && isSame(orientation, fromExif(source.orientation)));
  if (!smart || inOnePass) return [pass];
  const before = {
    ...(region ? { region } : {}),
    ...(resize ? { resize } : {}),
    ...(nearest ? { nearest } : {}),
  };
  return [{ orientation, ...before }, rest];
}

/**
 * What a conversion's steps come to.
 * @throws Problem of the first step that fails, unless its failure is to be ignored: then it is left out.
 */
export async function plan(steps: readonly Step[], source: Source, options: PlanOptions): Promise<Plan> {
  let image: ImageInfo = source;
  const all: Transform[] = [];
  for (const step of steps) {
    try {
      const next = await stepFrom(step, image, options);
      all.push(...next.transforms);
      image = next.image;
    } catch (error) {
      if (!(step.ignoreFailure && error instanceof Problem)) throw error;
    }
  }
  const leftOver = image.orientation > 1 && !steps.some(keepsTag);
  if (leftOver) all.push({ orientation: fromExif(image.orientation) });
  const passes = merge(source, all).flatMap((pass, index) => split(pass, index === 0, source));
  const orientation = leftOver ? 1 : image.orientation;
  return { passes, orientation: source.orientation === 0 ? 0 : orientation };
}

const mega = (pixels: number): string => (pixels / 1e6).toFixed(1);

/** @throws Problem `too_many_pixels` when the input is larger than the limit. */
export function checkInput(source: Size, pages: number, limits: Limits): void {
  const pixels = source.width * source.height * pages;
  if (pixels <= limits.MAX_INPUT_MEGAPIXELS * 1e6) return;
  throw new Problem(
    'too_many_pixels',
    `Image resolution is too big: ${mega(pixels)} megapixels, the limit is ${limits.MAX_INPUT_MEGAPIXELS}`,
  );
}

/** The size after the transforms. @throws Problem `output_too_large` when any picture on the way is over the limits. */
function checkOutput(transforms: readonly Transform[], source: Size, pages: number, limits: Limits): Size {
  return transforms.reduce<Size>((size, transform) => {
    const next = sizeAfter(size, transform);
    for (const { width, height } of [next, transform.resize ?? next]) {
      const side = Math.max(width, height);
      if (side > limits.MAX_OUTPUT_SIDE || width * height * pages > limits.MAX_OUTPUT_MEGAPIXELS * 1e6) {
        throw new Problem(
          'output_too_large',
          `output of ${width}x${height}${pages > 1 ? ` with ${pages} frames` : ''} is over the limit of ${limits.MAX_OUTPUT_SIDE} a side and ${limits.MAX_OUTPUT_MEGAPIXELS} megapixels`,
        );
      }
    }
    return next;
  }, source);
}
