import { Problem } from '../common/problem.ts';
import type { Source } from './inspect.ts';
import type { Limits } from './limits.ts';
import type { ConvertOptions } from './options.ts';
import type { Transform } from './transform.ts';

/** Most pixels that a drawing is made of. */
const maxPixels = 50e6;

/** One dot an inch is the least that sharp takes. */
const minScale = 1 / 72;

/** The size at which a drawing is wanted, by its own. */
function scaleFor({ width, height }: Source, first: Transform | undefined): number {
  if (first === undefined || first.region) return 1;
  const turned = (first.orientation?.rotate ?? 0) % 180 !== 0;
  const wanted = first.crop && 'smart' in first.crop ? first.crop.smart : first.resize;
  if (wanted === undefined) return 1;
  const [across, down] = turned ? [wanted.height, wanted.width] : [wanted.width, wanted.height];
  const [least, most] = [
    Math.max(minScale, 1 / Math.min(width, height)),
    Math.sqrt(maxPixels / (width * height)),
  ];
  return Math.min(most, Math.max(least, across / width, down / height));
}

/** libvips draws in squares of this side, and each of them all of the filters. */
const tileSide = 2_000;

/** @throws Problem `corrupt_image` when filters alone would take longer than a conversion may. */
function checkFilters({ width, height, filterMs = 0 }: Source, scale: number, limits: Limits): void {
  const sides = [width * scale, height * scale] as const;
  const tiles = sides.map((side) => Math.ceil(side / tileSide)).reduce((all, one) => all * one, 1);
  const seconds = (filterMs / 1000) * ((sides[0] * sides[1]) / 1e6) * tiles;
  if (seconds <= limits.CONVERSION_SECONDS) return;
  throw new Problem(
    'corrupt_image',
    `filters of the SVG would take about ${Math.round(seconds)} s; the limit is ${limits.CONVERSION_SECONDS} s`,
  );
}

/**
 * A drawing as pixels, drawn in a process that can be ended: nothing interrupts librsvg in this one, and a few
 * hundred bytes can keep it busy for minutes. Any other source as it is.
 */
export async function drawnApart(
  source: Source,
  passes: readonly Transform[],
  { limits, isolate }: Pick<ConvertOptions, 'limits' | 'isolate'>,
): Promise<Source> {
  if (source.format.name !== 'svg') return source;
  // Without a resize before it, a crop is measured in the drawing's own pixels.
  const scale = scaleFor(source, passes[0]);
  checkFilters(source, scale, limits);
  const { data } = await isolate.run({ task: 'svg.draw', facts: { scale }, data: source.bytes });
  return { ...source, bytes: data };
}
