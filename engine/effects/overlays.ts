import type { Colour } from '../../common/colour.ts';
import { defineEffect } from './effect.ts';

/** A watermark of text. Sizes are in pixels of the picture below it. */
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

/** A watermark picture. `bytes` is set once the picture of `url` is loaded. */
export interface ImageOverlay {
  readonly kind: 'image';
  readonly url: string;
  readonly bytes?: Buffer;
  readonly left: number;
  readonly top: number;
  readonly opacity: number;
}
export type Overlay = TextOverlay | ImageOverlay;

/** Watermarks. Operations add them; no parameter does. */
export const overlays = defineEffect({
  fields: {},
  kind: 'placed',
  perFrame: true,
  changesColours: false,
  steps: ['composite'],
  read: (): readonly Overlay[] | undefined => undefined,
  join: (first, second) => [...first, ...second],
  recolour: (all, change) =>
    all.map((one) => (one.kind === 'text' ? { ...one, colour: change(one.colour) } : one)),
  example: null,
  draw: (image, _overlays, { layers }) =>
    layers.length === 0
      ? image
      : image.composite(layers.map(({ raw, ...layer }) => ({ ...layer, gravity: 'northwest', raw }))),
});
