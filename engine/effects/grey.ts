import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

const fields = {
  colorspace: {
    kind: 'enum',
    values: ['srgb', 'bw'],
    otherwise: 'srgb',
    exactCase: true,
    doc: 'bw makes the picture grey.',
    example: 'bw',
  },
  greyscale: { kind: 'bool', doc: 'The same as colorspace=bw.', example: 'true' },
} as const satisfies FieldTable;

/** Removes colour. */
export const grey = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: true,
  steps: ['colourspace'],
  read: ({ colorspace, greyscale }): true | undefined => colorspace === 'bw' || greyscale || undefined,
  draw: (image) => image.toColourspace('b-w'),
  example: { query: 'width=240&colorspace=bw', doc: 'Light without colour.' },
});
