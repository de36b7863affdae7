import sharp, { type Sharp } from 'sharp';

// One libvips thread per picture, and as many pictures as cores: full throughput with the least memory.
// Set explicitly, because sharp uses all cores when it sees jemalloc or MALLOC_ARENA_MAX.
sharp.concurrency(1);
// Every request has another picture, so the operation cache of libvips would only hold memory.
sharp.cache(false);

export type { Metadata, Sharp, SharpOptions } from 'sharp';
export { sharp };
export const libvipsVersion: string = sharp.versions.vips;

/** Converts to sRGB pictures of sixteen bits with a profile, which sharp processes as Display P3. */
export const inSrgb = (image: Sharp): Sharp => image.withIccProfile('srgb', { attach: false });

/** Whether a pipeline ends in grey. */
export const isGrey = (image: Sharp): boolean =>
  (image as unknown as { readonly options: { readonly colourspace: string } }).options.colourspace === 'b-w';

/** Gives pixels a density. sharp's `withMetadata` would also keep the metadata. */
export function setDensity(image: Sharp, density: number): void {
  (image as unknown as { options: { withMetadataDensity: number } }).options.withMetadataDensity = density;
}

/**
 * Gives pixels an orientation, which some encoders (AVIF, TIFF) write even where no metadata is kept. sharp's
 * `withMetadata` would also convert to sRGB.
 */
export function setOrientation(image: Sharp, orientation: number): void {
  (image as unknown as { options: { withMetadataOrientation: number } }).options.withMetadataOrientation =
    orientation;
}
