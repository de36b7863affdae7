import type { FieldTable } from '../../common/field.ts';
import { Problem } from '../../common/problem.ts';
import { defineEffect } from './effect.ts';

const maxSigma = 10;
/** Below this sharpening changes nothing. */
const minSigma = 0.1;

const fields = {
  sharpen: {
    kind: 'float',
    doc: 'Sharpens edges of about this width: standard deviation in pixels, at most 10.',
    example: '1',
  },
} as const satisfies FieldTable;

/** Unsharp masking. The value is the standard deviation of its Gaussian, in pixels. */
export const sharpen = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: true,
  read: ({ sharpen: sigma = 0 }): number | undefined => {
    if (sigma > maxSigma) {
      throw new Problem('invalid_param', `sharpen: expected at most ${maxSigma}, got ${sigma}`);
    }
    return sigma >= minSigma ? sigma : undefined;
  },
  draw: (image, sigma) => image.sharpen({ sigma }),
  example: { query: 'width=240&sharpen=2', doc: 'Crisp edges.' },
});
