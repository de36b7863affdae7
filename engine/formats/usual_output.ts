import type { Format } from './format.ts';

/** Formats of photographs: never flat artwork that is worth keeping exactly. */
export const photographic: readonly string[] = ['jpeg', 'heif', 'raw'];

/** The format of an output for which none is wanted, by the input's format alone; PNG keeps transparency. */
export function usualOutputOf({ name, writes, usualOutput }: Format): string {
  if (writes) return name;
  return usualOutput ?? (photographic.includes(name) ? 'jpeg' : 'png');
}
