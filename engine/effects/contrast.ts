import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

const fields = {
  contrast: {
    kind: 'float',
    min: 0,
    max: 10,
    neutral: 1,
    doc: 'Multiplies the distance of each channel to the middle: 0.5 is flatter, 2 is harder.',
    example: '1.4',
  },
} as const satisfies FieldTable;

/** Contrast around the middle of the range, as in CSS. */
export const contrast = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: true,
  steps: ['linear'],
  read: ({ contrast: factor }): number | undefined => factor,
  draw: (image, factor, { white }) => image.linear(factor, (white / 2) * (1 - factor)),
  example: { query: 'width=240&contrast=1.6', doc: 'Darker shadows, lighter lights.' },
});
