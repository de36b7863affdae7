import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';
import { toLuma } from './luma.ts';

const fields = {
  threshold: {
    kind: 'int',
    min: 1,
    max: 255,
    doc: 'Makes pixels of at least this brightness white and all others black.',
    example: '128',
  },
} as const satisfies FieldTable;

/** Steeper than any difference of brightness that is left after rounding. */
const slope = 1e5;

/** Black and white by the brightness of each pixel. */
export const threshold = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: true,
  steps: ['recomb', 'linear'],
  read: ({ threshold: level }): number | undefined => level,
  // A recombined picture has eight bits a channel.
  draw: (image, level) => image.recomb(toLuma).linear(slope, -slope * (level - 0.5)),
  example: { query: 'width=240&threshold=140', doc: 'Only black and white.' },
});
