import type { Conversion } from './conversion.ts';
import type { Encoded, Format } from './formats/format.ts';
import type { Source } from './header/inspect.ts';
import { isUpright, upright } from './transform/orientation.ts';
import { sizeAfter, type Transform } from './transform/transform.ts';

/** Work that scales a drawing and does nothing else to it. */
const onlyScales = ({ orientation = upright, resize: _, ...rest }: Transform): boolean =>
  isUpright(orientation) && Object.values(rest).every((value) => value === undefined);

/** The input itself, cleaned, where its format can pass and the work is at most a change of size. */
export async function passedThrough(
  source: Source,
  passes: readonly Transform[],
  format: Format,
  { output }: Conversion,
): Promise<Encoded | undefined> {
  if (format.pass === undefined || format !== source.format) return undefined;
  if ((output.svg ?? 'auto') !== 'auto' || !passes.every(onlyScales)) return undefined;
  return await format.pass(source, passes.reduce(sizeAfter, source));
}
