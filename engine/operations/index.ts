import { Problem } from '../../common/problem.ts';
import type { Params } from '../params.ts';
import { atDensity } from '../transform/density.ts';
import type { Size } from '../transform/geometry.ts';
import { sizeAfter } from '../transform/transform.ts';
import { autorotate } from './autorotate.ts';
import { blur } from './blur.ts';
import { convert } from './convert.ts';
import { crop } from './crop.ts';
import { enlarge } from './enlarge.ts';
import { extract } from './extract.ts';
import { fit } from './fit.ts';
import { flip } from './flip.ts';
import { flop } from './flop.ts';
import type { ImageInfo, Operation } from './operation.ts';
import { resize } from './resize.ts';
import { rotate } from './rotate.ts';
import { smartcrop } from './smartcrop.ts';
import { thumbnail } from './thumbnail.ts';
import { watermark } from './watermark.ts';
import { watermarkimage } from './watermarkimage.ts';
import { zoom } from './zoom.ts';

/** Every operation: routes, parsers, OpenAPI, forms, help, docs and tests are loops over this list. */
export const operations: readonly Operation[] = [
  convert,
  resize,
  fit,
  crop,
  smartcrop,
  enlarge,
  extract,
  thumbnail,
  zoom,
  rotate,
  autorotate,
  flip,
  flop,
  blur,
  watermark,
  watermarkimage,
];

const byName = new Map(
  operations.flatMap((operation) =>
    [operation.name, ...(operation.aliases ?? [])].map((name) => [name, operation] as const),
  ),
);

/** @throws Problem `invalid_param` when no operation has that name. */
export function operationNamed(name: string): Operation {
  const operation = byName.get(name);
  if (operation === undefined) throw new Problem('invalid_param', `Unsupported operation name: ${name}`);
  return operation;
}

/** An operation with its parameters. */
interface Work {
  readonly operation: string;
  readonly params: Params;
}

/**
 * The size of a picture after steps as it is stored, and the EXIF orientation that they leave to it; edges that they
 * trim are not seen here. @throws Problem as the operations do.
 */
export const outputSize = (steps: readonly Work[], image: ImageInfo): ImageInfo =>
  steps.reduce<ImageInfo>((before, { operation, params }) => {
    const transforms = [operationNamed(operation).transform(atDensity(params), before)].flat();
    const { width, height } = transforms.reduce<Size>(sizeAfter, before);
    const staysTurned = params.norotation && !params.rotate;
    return { width, height, orientation: staysTurned ? before.orientation : 1 };
  }, image);
