import { light } from './magick_light.ts';
import { photos } from './magick_photos.ts';
import { plain } from './magick_plain.ts';
import type { MagickRow } from './magick_row.ts';

/**
 * The allow-list of ImageMagick: its policy is made from these rows. Left out on purpose is all that reaches files,
 * the network, fonts or scripts (MSL, MVG, URL, TEXT, LABEL, SVG, PS, EPS, PDF, ...), what can be made to hang (PCX)
 * and what sharp does better. The order is that of sniffing.
 */
export const magickRows: readonly MagickRow[] = [...photos, ...light, ...plain];
