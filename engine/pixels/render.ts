/**
 * The order of pixel work: the geometry (with turns) in the order of the list `geometry` below, then the effects in the
 * order of their list (`../effects/index.ts`). No other place has an order.
 */
import type { Scene } from '../effects/effect.ts';
import { drawEffects } from '../effects/index.ts';
import type { Sharp } from '../native/sharp.ts';
import type { Box, Size } from '../transform/geometry.ts';
import {
  inverse,
  isUpright,
  type Orientation,
  orientBox,
  orientedSize,
  upright,
} from '../transform/orientation.ts';
import { geometryOf, sizeAfter, type Transform } from '../transform/transform.ts';

/** The picture that a pass begins with. */
export type Canvas = Size;

const boxOf = ({ crop }: Transform): Box | undefined => (crop && !('smart' in crop) ? crop : undefined);

type Work = (image: Sharp, transform: Transform, source: Canvas) => Sharp;

const turnImage = (image: Sharp, { flop, rotate }: Orientation): Sharp => {
  const flopped = flop ? image.flop() : image;
  return rotate === 0 ? flopped : flopped.rotate(rotate);
};

/** Takes the part that is kept before any resizing from the picture as stored. */
const region: Work = (image, transform, source) => {
  const box = transform.region ?? (transform.resize ? undefined : boxOf(transform));
  if (box === undefined) return image;
  const { orientation = upright } = transform;
  return image.extract(orientBox(box, orientedSize(source, orientation), inverse(orientation)));
};

/** Resizes first, so that JPEG, WebP and SVG shrink while they load and fewer pixels are turned; then turns. */
const resizeAndTurn: Work = (image, { resize, crop, orientation = upright, kernel: chosen }) => {
  const kernel = chosen ? { kernel: chosen } : {};
  if (crop && 'smart' in crop) {
    // A turn here is the EXIF one: sharp crops after it, but before any explicit turn.
    const oriented = isUpright(orientation) ? image : image.autoOrient();
    return oriented.resize({ ...crop.smart, fit: 'cover', position: 'attention', ...kernel });
  }
  const sized = resize
    ? image.resize({ ...orientedSize(resize, orientation), fit: 'fill', ...kernel })
    : image;
  return turnImage(sized, orientation);
};

const crop: Work = (image, transform) => {
  const box = transform.resize && boxOf(transform);
  return box ? image.extract(box) : image;
};

const withoutPad = (transform: Transform): Transform => {
  const { pad: _, ...rest } = geometryOf(transform);
  return rest;
};

const pad: Work = (image, transform, source) => {
  const { pad: canvas, extend = 'copy', background: colour } = transform;
  if (canvas === undefined) return image;
  const inner = sizeAfter(source, withoutPad(transform));
  const edges = {
    left: canvas.left,
    top: canvas.top,
    right: canvas.width - canvas.left - inner.width,
    bottom: canvas.height - canvas.top - inner.height,
  };
  if (extend === 'copy' || extend === 'mirror') return image.extend({ ...edges, extendWith: extend });
  const level = extend === 'white' ? 255 : 0;
  const plain = { r: level, g: level, b: level, alpha: 1 };
  return image.extend({ ...edges, background: extend === 'background' && colour ? colour : plain });
};

/** The work on geometry, in order. The effects follow. */
const geometry: readonly Work[] = [region, resizeAndTurn, crop, pad];

/** Puts one pass of pixel work on a pipeline of sharp. */
export function render(
  image: Sharp,
  transform: Transform,
  source: Canvas,
  { layers, white }: Pick<Scene, 'layers' | 'white'>,
): Sharp {
  const placed = geometry.reduce((piped, work) => work(piped, transform, source), image);
  return drawEffects(placed, transform, { layers, white, size: sizeAfter(source, geometryOf(transform)) });
}
