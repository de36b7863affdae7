import type { EffectValues } from '../effects/index.ts';
import { type Box, type Layout, laidOut, type Size } from './geometry.ts';
import { laid, type Orientation, upright } from './orientation.ts';

export type Extend = 'black' | 'white' | 'copy' | 'mirror' | 'background';

/**
 * What to do with the pixels, as data: one pass over the picture. The order of work is fixed: orientation, region,
 * resize, crop, pad, then the effects as listed. All sizes are those at that point.
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
  const turned = laid(source, transform.orientation ?? upright);
  const kept = transform.region ?? turned;
  return laidOut({ width: kept.width, height: kept.height }, transform);
}
