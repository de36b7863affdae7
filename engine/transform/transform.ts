import { type EffectValues, hasEffects, isEffect, sizeAfterEffects } from '../effects/index.ts';
import { type Box, type Geometry, type Size, sizeAfterLayout } from './geometry.ts';
import { isUpright, type Orientation, orientedSize, upright } from './orientation.ts';

/**
 * What to do with the pixels, as data: one pass over the picture. `../pixels/render.ts` has the order of work; each
 * size is that of the picture at its point of that order.
 */
export interface Transform extends Geometry, EffectValues {
  readonly orientation?: Orientation;
  /** The part that is kept before resizing. */
  readonly region?: Box;
}

/** A transform without its effects. */
export const geometryOf = (transform: Transform): Transform =>
  hasEffects(transform)
    ? Object.fromEntries(Object.entries(transform).filter(([name]) => !isEffect(name)))
    : transform;

/** The size of a picture of `source` (as stored) after a transform. */
export function sizeAfter(source: Size, transform: Transform): Size {
  const turned = orientedSize(source, transform.orientation ?? upright);
  const kept = transform.region ?? turned;
  return sizeAfterEffects(sizeAfterLayout({ width: kept.width, height: kept.height }, transform), transform);
}

/** Whether a pass only scales. */
export const onlyScales = ({ orientation = upright, resize: _, ...rest }: Transform): boolean =>
  isUpright(orientation) && Object.values(rest).every((value) => value === undefined);
