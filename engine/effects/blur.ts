import type { FieldTable } from '../../common/field.ts';
import { defineEffect } from './effect.ts';

/** Below this a Gaussian blur changes nothing. */
const minSigma = 0.3;

const fields = {
  sigma: {
    kind: 'float',
    unit: 'pixels',
    min: 0,
    max: 1000,
    outside: 'allowed',
    neutral: 0,
    doc: 'Gaussian blur: its standard deviation. An operation that blurs refuses more than 1000.',
    example: '3',
  },
  minampl: {
    kind: 'float',
    doc: 'Accepted in place of sigma for compatibility, without effect.',
    example: '0.5',
  },
} as const satisfies FieldTable;

/** Gaussian blur. The value is its standard deviation in pixels. */
export const blur = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: true,
  changesColours: false,
  steps: ['blur'],
  read: ({ sigma = 0 }): number | undefined => (sigma >= minSigma ? sigma : undefined),
  draw: (image, sigma) => image.blur(sigma),
  example: { query: 'width=240&sigma=3', doc: 'A soft picture.' },
});
