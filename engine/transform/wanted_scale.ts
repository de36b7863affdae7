import type { Size } from './geometry.ts';
import type { Transform } from './transform.ts';

/**
 * How many times its own size a picture is wanted, by the first pass over it. What is done before any resize is
 * measured in the picture's own pixels: then that is 1.
 */
export function wantedScale({ width, height }: Size, first: Transform | undefined): number {
  if (first === undefined || first.region) return 1;
  const turned = (first.orientation?.rotate ?? 0) % 180 !== 0;
  const wanted = first.crop && 'smart' in first.crop ? first.crop.smart : first.resize;
  if (wanted === undefined) return 1;
  const [across, down] = turned ? [wanted.height, wanted.width] : [wanted.width, wanted.height];
  return Math.max(across / width, down / height);
}
