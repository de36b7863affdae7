import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

const fields = {
  median: {
    kind: 'int',
    unit: 'pixels',
    min: 1,
    max: 15,
    neutral: 1,
    doc: 'Removes specks: each pixel becomes the median of the square of this side around it.',
    example: '5',
  },
} as const satisfies FieldTable;

/** The median of a square around each pixel. The work grows with the side of the square. */
export const median = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: true,
  changesColours: false,
  steps: ['median'],
  read: ({ median: side }): number | undefined => side,
  draw: (image, side) => image.median(side),
  example: { query: 'width=240&median=7', doc: 'Small details melt away, edges stay.' },
});
