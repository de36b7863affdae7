import type { FieldTable } from '../../common/field.ts';
import { Problem } from '../../common/problem.ts';
import { defineEffect } from './effect.ts';

const maxSigma = 1000;
/** Below this a Gaussian blur changes nothing. */
const minSigma = 0.3;

const fields = {
  sigma: { kind: 'float', doc: 'Gaussian blur: standard deviation in pixels, at most 1000.', example: '3' },
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
  read: ({ sigma = 0 }): number | undefined => {
    if (sigma > maxSigma) {
      throw new Problem('invalid_param', `sigma: expected at most ${maxSigma}, got ${sigma}`);
    }
    return sigma >= minSigma ? sigma : undefined;
  },
  draw: (image, sigma) => image.blur(sigma),
  example: { query: 'width=240&sigma=3', doc: 'A soft picture.' },
});
