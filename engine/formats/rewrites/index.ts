import { rewriteBmp } from './bmp.ts';
import { rewriteJp2 } from './jp2.ts';
import type { MagickInput, Rewrite } from './rewrite.ts';
import { rewriteSgi } from './sgi.ts';
import { rewriteTga } from './tga.ts';

/** By coder: what ImageMagick reads wrong or not at all as it is. */
const rewrites: Readonly<Record<string, Rewrite>> = {
  JP2: rewriteJp2,
  J2K: rewriteJp2,
  BMP: rewriteBmp,
  SGI: rewriteSgi,
  TGA: rewriteTga,
};

/** A file as ImageMagick reads it right. @throws Problem as `Rewrite` does. */
export function forMagick(coder: string, data: Buffer, maxPixels: number): MagickInput {
  return { coder, data, ...rewrites[coder]?.(data, maxPixels) };
}
