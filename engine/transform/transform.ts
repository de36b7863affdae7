import type { EffectValues } from '../effects/index.ts';
import { type Box, type Layout, type Size, sizeAfterLayout } from './geometry.ts';
import { type Orientation, orientedSize, upright } from './orientation.ts';

export type Extend = 'black' | 'white' | 'copy' | 'mirror' | 'background';

/**
 * What to do with the pixels, as data: one pass over the picture. `../pixels/render.ts` has the order of work; each
 * size is that of the picture at its point of that order.
 */
export interface Transform extends Layout, EffectValues {
  readonly orientation?: Orientation;
  /** The part that is kept before resizing. */
  readonly region?: Box;
  /** Enlarge by repeating pixels instead of interpolating. */
  readonly nearest?: boolean;
  readonly extend?: Extend;
}

/** The size of a picture of `source` (as stored) after a transform. */
export function sizeAfter(source: Size, transform: Transform): Size {
  const turned = orientedSize(source, transform.orientation ?? upright);
  const kept = transform.region ?? turned;
  return sizeAfterLayout({ width: kept.width, height: kept.height }, transform);
}
