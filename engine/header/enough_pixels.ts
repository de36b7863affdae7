import type { Decode } from '../conversion.ts';
import type { Source } from './inspect.ts';
import { decodeInput, type InspectOptions, sideOf } from './readable.ts';

/** A source with enough pixels to be shown at `scale` of its size. */
export async function readEnoughPixels(
  source: Source,
  { input, decode, scale }: { readonly input: Buffer; readonly decode: Decode; readonly scale: number },
  options: InspectOptions,
): Promise<Source> {
  const leastSide = Math.ceil(sideOf(source) * Math.min(1, scale));
  if (source.heldSide === undefined || source.heldSide >= leastSide) return source;
  const { bytes } = await decodeInput(input, source.format, { ...decode, leastSide }, options);
  return { ...source, bytes };
}
