import type { Source } from './inspect.ts';
import type { Isolate } from './isolate.ts';
import { drawnElements } from './svg_uses.ts';
import type { Transform } from './transform.ts';

/** A drawing of fewer elements, and without filters, takes no time worth another process. */
const simple = 500;
/** Pixels of a drawing that is made larger than the outcome, so that it is as sharp. */
const maxPixels = 50e6;

/** How much larger than its own measure a drawing is wanted. */
function scaleFor({ width, height }: Source, first: Transform | undefined): number {
  if (first === undefined || first.region) return 1;
  const turned = (first.orientation?.rotate ?? 0) % 180 !== 0;
  const wanted = first.crop && 'smart' in first.crop ? first.crop.smart : first.resize;
  if (wanted === undefined) return 1;
  const [across, down] = turned ? [wanted.height, wanted.width] : [wanted.width, wanted.height];
  const most = Math.sqrt(maxPixels / (width * height));
  return Math.max(1, Math.min(across / width, most), Math.min(down / height, most));
}

/**
 * A drawing that might take minutes (filters, very many elements) as pixels, drawn in a process that can be ended:
 * nothing interrupts librsvg in this one. Any other source as it is.
 */
export async function drawnApart(
  source: Source,
  passes: readonly Transform[],
  isolate: Isolate,
): Promise<Source> {
  if (source.format.name !== 'svg') return source;
  if (drawnElements(source.bytes.toString('utf8')) < simple) return source;
  // Without a resize before it, a crop is measured in the drawing's own pixels.
  const scale = scaleFor(source, passes[0]);
  const { data } = await isolate.run({ task: 'svg.draw', facts: { scale }, data: source.bytes });
  return { ...source, bytes: data };
}
