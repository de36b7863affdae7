/**
 * Orientation of pictures. `orientationOf` decides whether the EXIF orientation or an explicit turn is applied;
 * `../plan.ts` applies the EXIF orientation last where no step has; `../pixels/render.ts` turns the pixels.
 */
import type { Box, Size } from './geometry.ts';

/** One of the eight orientations of a rectangle: mirrored left-right first, then turned clockwise. */
export interface Orientation {
  readonly flop: boolean;
  readonly rotate: 0 | 90 | 180 | 270;
}

const turn = (flop: boolean, rotate: Orientation['rotate']): Orientation => ({ flop, rotate });

export const upright = turn(false, 0);
const mirrored = turn(true, 0);
const upsideDown = turn(true, 180);
const quarterTurns = (degrees: number): Orientation =>
  turn(false, (((degrees % 360) + 360) % 360) as Orientation['rotate']);

/** Indexed by the EXIF tag, 1 to 8 (TIFF 6.0, tag 274); any other value is upright. */
const exif: readonly Orientation[] = [
  upright,
  upright,
  mirrored,
  turn(false, 180),
  upsideDown,
  turn(true, 270),
  turn(false, 90),
  turn(true, 90),
  turn(false, 270),
];
export const fromExif = (tag: number | undefined): Orientation => exif[tag ?? 1] ?? upright;

/** `first`, then `second`. A mirror reverses the turn that came before it. */
export function compose(first: Orientation, second: Orientation): Orientation {
  const rotate = (second.flop ? 360 - first.rotate : first.rotate) + second.rotate;
  return turn(first.flop !== second.flop, (rotate % 360) as Orientation['rotate']);
}

/** Parameters that turn or mirror a picture. */
interface Turns {
  /** Degrees clockwise. */
  readonly rotate?: number | undefined;
  readonly flip?: boolean | undefined;
  readonly flop?: boolean | undefined;
  readonly norotation?: boolean | undefined;
}

/**
 * The orientation that an operation applies: the EXIF one, or the explicit turn, which acts on the stored pixels; the
 * mirrors come last.
 */
export function orientationOf(params: Turns, image: { readonly orientation: number }): Orientation {
  const degrees = Math.min(Math.floor((params.rotate ?? 0) / 90) * 90, 270);
  const exifTurn = params.rotate || params.norotation ? upright : fromExif(image.orientation);
  const turned = compose(exifTurn, quarterTurns(degrees));
  const flipped = params.flip ? compose(turned, mirrored) : turned;
  return params.flop ? compose(flipped, upsideDown) : flipped;
}

/** The orientation that undoes another. A mirrored one undoes itself. */
export const inverse = ({ flop, rotate }: Orientation): Orientation =>
  turn(flop, (flop ? rotate : (360 - rotate) % 360) as Orientation['rotate']);

export const isSame = (a: Orientation, b: Orientation): boolean => a.flop === b.flop && a.rotate === b.rotate;
export const isUpright = ({ flop, rotate }: Orientation): boolean => !flop && rotate === 0;

/** The size of a picture after an orientation is applied. */
export const orientedSize = (size: Size, { rotate }: Orientation): Size =>
  rotate % 180 === 0
    ? { width: size.width, height: size.height }
    : { width: size.height, height: size.width };

/** The position of a box in a picture of `size` after an orientation is applied to the picture. */
export function orientBox(box: Box, size: Size, orientation: Orientation): Box {
  const { top, width, height } = box;
  const fromRight = size.width - box.left - width;
  const left = orientation.flop ? fromRight : box.left;
  const right = orientation.flop ? box.left : fromRight;
  const bottom = size.height - top - height;
  const at = {
    0: { left, top },
    90: { left: bottom, top: left },
    180: { left: right, top: bottom },
    270: { left: top, top: right },
  };
  return { ...at[orientation.rotate], ...orientedSize({ width, height }, orientation) };
}
