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

/**
 * The median of a square around each pixel; the edges are repeated outwards. The work grows with the side of the square.
 * libvips wants a picture that is at least as large as the square, so a smaller one is enlarged for it by its edges.
 */
export const median = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: true,
  changesColours: false,
  steps: ['median'],
  read: ({ median: side }): number | undefined => side,
  passes: (side, { width, height }) =>
    Math.min(width, height) >= side
      ? undefined
      : [
          {
            geometry: {
              pad: { left: 0, top: 0, width: Math.max(width, side), height: Math.max(height, side) },
              extend: 'copy',
            },
            value: side,
          },
          { geometry: { crop: { left: 0, top: 0, width, height } } },
        ],
  draw: (image, side) => image.median(side),
  example: { query: 'width=240&median=7', doc: 'Small details melt away, edges stay.' },
});
