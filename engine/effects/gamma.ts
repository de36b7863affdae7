import type { FieldTable } from '../../common/field.ts';
import { Problem } from '../../common/problem.ts';
import { defineEffect } from './effect.ts';

const [least, most] = [1, 3] as const;

const fields = {
  gamma: {
    kind: 'float',
    doc: 'Brightens the middle tones: each channel to the power of 1/gamma; 1 to 3.',
    example: '2.2',
  },
} as const satisfies FieldTable;

/** Gamma: each channel is raised to the power of its inverse. */
export const gamma = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  read: ({ gamma: exponent = 0 }): number | undefined => {
    if (exponent === 0 || exponent === least) return undefined;
    if (exponent >= least && exponent <= most) return exponent;
    throw new Problem('invalid_param', `gamma: expected ${least} to ${most}, got ${exponent}`);
  },
  // The first number is the gamma that sharp applies before it resizes: none.
  draw: (image, exponent) => image.gamma(1, exponent),
  example: { query: 'width=240&gamma=2.2', doc: 'Brighter shadows and middle tones.' },
});
