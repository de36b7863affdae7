import type { Colour } from '../../common/colour.ts';
import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

const fields = {
  background: {
    kind: 'colour',
    doc: 'Colour under transparency, and of padding with extend=background: R,G,B or a CSS colour.',
    example: '255,200,150',
  },
} as const satisfies FieldTable;

/**
 * sharp flattens first. After effects that only mix pixels the result is the same, since compositing is associative;
 * but overlays bring alpha back.
 */
export const background = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: false,
  steps: ['flatten'],
  read: (params): Colour | undefined => params.background,
  alphaAfter: () => false,
  recolour: (colour, change) => change(colour),
  draw: (image, colour, { layers }) => {
    const flat = image.flatten({ background: colour });
    return layers.length > 0 ? flat.removeAlpha() : flat;
  },
  example: {
    query: 'width=240&height=240&extend=background&background=200,100,50',
    doc: 'Padded in a colour, which shows under transparency too.',
  },
});
