import sharp, { type Sharp } from 'sharp';

// One libvips thread a picture and a gate of as many pictures as cores: full throughput, least memory.
// Set explicitly: sharp raises it to the core count when it sees jemalloc or MALLOC_ARENA_MAX.
sharp.concurrency(1);
// Every request brings another picture, so libvips' cache of operations only holds memory.
sharp.cache(false);

export type { Metadata, Sharp, SharpOptions } from 'sharp';
export { sharp };
export const libvipsVersion: string = sharp.versions.vips;

/** Sixteen bits with a profile, which sharp works on as Display P3, as sRGB. */
export const inSrgb = (image: Sharp): Sharp => image.withIccProfile('srgb', { attach: false });

/** Whether a pipeline ends in grey. */
export const isGrey = (image: Sharp): boolean =>
  (image as unknown as { readonly options: { readonly colourspace: string } }).options.colourspace === 'b-w';
