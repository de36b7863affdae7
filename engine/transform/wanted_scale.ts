import type { Size } from './geometry.ts';
import { orientedSize, upright } from './orientation.ts';
import type { Transform } from './transform.ts';

/**
 * The factor by which the first pass scales the stored picture. It is 1 where the pass takes a region first, since a
 * region is measured in the picture's own pixels.
 */
export function wantedScale({ width, height }: Size, first: Transform | undefined): number {
  if (first === undefined || first.region) return 1;
  const wanted = first.crop && 'smart' in first.crop ? first.crop.smart : first.resize;
  if (wanted === undefined) return 1;
  const stored = orientedSize(wanted, first.orientation ?? upright);
  return Math.max(stored.width / width, stored.height / height);
}
