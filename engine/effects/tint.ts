import type { Colour } from '../../common/colour.ts';
import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

const fields = {
  tint: {
    kind: 'colours',
    count: [1, 1],
    doc: 'Gives the middle tones this colour and keeps light and dark.',
    example: '#0a6',
  },
} as const satisfies FieldTable;

/** One colour for the whole picture, strongest in the middle tones. */
export const tint = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: true,
  steps: ['tint'],
  read: ({ tint: colours }): Colour | undefined => colours?.[0],
  recolour: (colour, change) => change(colour),
  draw: (image, colour) => image.tint(colour),
  example: { query: 'width=240&tint=00aa66', doc: 'Green middle tones.' },
});
