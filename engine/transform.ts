import type { Colour } from '../common/colour.ts';
import { type Box, type Layout, laidOut, type Size } from './geometry.ts';
import { laid, type Orientation, upright } from './orientation.ts';

export type Extend = 'black' | 'white' | 'copy' | 'mirror' | 'background';

/** A watermark of text. Sizes in pixels of the picture it lies on. */
export interface TextOverlay {
  readonly kind: 'text';
  readonly text: string;
  readonly font: string;
  readonly dpi: number;
  /** Width at which the text wraps. */
  readonly wrap: number;
  readonly margin: number;
  /** 0 to 1. */
  readonly opacity: number;
  readonly colour: Colour;
  /** Tiled over the picture, or drawn once at `at` (left and top, or a compass point). */
  readonly tiled: boolean;
  readonly at: { readonly left: number; readonly top: number } | string;
}

/** A watermark picture. `bytes` are filled in by whoever may fetch `url`. */
export interface ImageOverlay {
  readonly kind: 'image';
  readonly url: string;
  readonly bytes?: Buffer;
  readonly left: number;
  readonly top: number;
  readonly opacity: number;
}
export type Overlay = TextOverlay | ImageOverlay;

/**
 * What to do with the pixels, as data: one pass over the picture. The order of work is fixed, as listed:
 * orientation, region, resize, crop, pad, blur, overlays, background, grey. All sizes are those at that point.
 */
export interface Transform extends Layout {
  readonly orientation?: Orientation;
  /** The part that is kept before resizing. */
  readonly region?: Box;
  /** Enlarge by repeating pixels instead of interpolating. */
  readonly nearest?: boolean;
  readonly extend?: Extend;
  /** Standard deviation in pixels. */
  readonly blur?: number;
  readonly overlays?: readonly Overlay[];
  /** Colour under transparency, and of padding with extend=background. */
  readonly background?: Colour;
  readonly grey?: boolean;
}

/** The size of a picture of `source` (as stored) after a transform. */
export function sizeAfter(source: Size, transform: Transform): Size {
  const turned = laid(source, transform.orientation ?? upright);
  const kept = transform.region ?? turned;
  return laidOut({ width: kept.width, height: kept.height }, transform);
}
