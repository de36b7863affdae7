import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

const fields = {
  gamma: {
    kind: 'float',
    min: 1,
    max: 3,
    neutral: 1,
    doc: 'Brightens the middle tones: each channel to the power of 1/gamma.',
    example: '2.2',
  },
} as const satisfies FieldTable;

/** Gamma: each channel is raised to the power of its inverse. */
export const gamma = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: true,
  steps: ['gamma'],
  read: ({ gamma: exponent }): number | undefined => exponent,
  // The first number is the gamma that sharp applies before it resizes: none.
  draw: (image, exponent) => image.gamma(1, exponent),
  example: { query: 'width=240&gamma=2.2', doc: 'Brighter shadows and middle tones.' },
});
