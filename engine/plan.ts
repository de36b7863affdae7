import { Problem } from '../common/problem.ts';
import type { Step } from './conversion.ts';
import type { Size } from './geometry.ts';
import type { Source } from './inspect.ts';
import type { Limits } from './limits.ts';
import type { ImageInfo } from './operation.ts';
import { operationNamed } from './operations/index.ts';
import { isUpright } from './orientation.ts';
import { merge, sizeAfter, type Transform } from './transform.ts';

/** Brings what transforms only name (the pictures of watermarks). Rejects with a Problem where it cannot. */
export type Complete = (transform: Transform) => Promise<Transform>;

const isSmart = ({ crop }: Transform): boolean => crop !== undefined && 'smart' in crop;
const isTurned = ({ orientation }: Transform): boolean =>
  orientation !== undefined && !isUpright(orientation);

/** What one pass of sharp cannot do is two: a smart crop looks at the picture as it lies after turning. */
function split(pass: Transform): readonly Transform[] {
  if (!isSmart(pass) || !(isTurned(pass) || pass.region)) return [pass];
  const { orientation, region, resize, nearest, ...rest } = pass;
  return [
    {
      ...(orientation ? { orientation } : {}),
      ...(region ? { region } : {}),
      ...(resize ? { resize } : {}),
      ...(nearest ? { nearest } : {}),
    },
    rest,
  ];
}

/** The transforms of one step and the picture after it. @throws Problem of the operation. */
async function stepFrom(step: Step, image: ImageInfo, complete: Complete) {
  const asked = operationNamed(step.operation).transform(step.params, image);
  const transforms = await Promise.all([asked].flat().map(complete));
  const size = transforms.reduce<Size>(sizeAfter, image);
  return { transforms, image: { ...size, orientation: 1 } };
}

/** The passes over the pixels that a conversion's steps come to, as few as their meaning allows. */
export async function plan(
  steps: readonly Step[],
  source: Source,
  complete: Complete,
): Promise<readonly Transform[]> {
  let image: ImageInfo = source;
  const all: Transform[] = [];
  for (const step of steps) {
    try {
      const next = await stepFrom(step, image, complete);
      all.push(...next.transforms);
      image = next.image;
    } catch (error) {
      if (!(step.ignoreFailure && error instanceof Problem)) throw error;
    }
  }
  return merge(all).flatMap(split);
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

/** @throws Problem `output_too_large` when any picture on the way is larger than the limits. */
export function checkOutput(passes: readonly Transform[], source: Size, pages: number, limits: Limits): Size {
  return passes.reduce<Size>((size, pass) => {
    const next = sizeAfter(size, pass);
    for (const { width, height } of [next, pass.resize ?? next]) {
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
