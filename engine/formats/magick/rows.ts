import { light } from './light.ts';
import { photos } from './photos.ts';
import { plain } from './plain.ts';
import type { MagickRow } from './row.ts';

/**
 * The allow-list of ImageMagick: its policy is made from these rows. Left out on purpose is all that reaches files,
 * the network, fonts or scripts (MSL, MVG, URL, TEXT, LABEL, SVG, PS, EPS, PDF, ...), what can be made to hang (PCX)
 * and what sharp does better. The order is that of sniffing.
 */
export const magickRows: readonly MagickRow[] = [...photos, ...light, ...plain];
