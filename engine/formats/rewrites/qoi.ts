import type { Rewrite } from './rewrite.ts';

/** Where the header says whether its samples are linear light (QOI specification, 1). */
const lightAt = 13;

/**
 * Calls the samples sRGB, as every viewer takes them: the field is informative by the specification, and programs say
 * linear light of pictures that are not (Pillow). ImageMagick would show them too bright.
 */
export const rewriteQoi: Rewrite = (data) => {
  if (data.length <= lightAt || data[lightAt] === 0) return { data };
  const copy = Buffer.from(data);
  copy[lightAt] = 0;
  return { data: copy };
};
