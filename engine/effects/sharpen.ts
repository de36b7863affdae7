import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

/** Below this sharpening changes nothing. */
const minSigma = 0.1;

const fields = {
  sharpen: {
    kind: 'float',
    unit: 'pixels',
    min: 0,
    max: 10,
    neutral: 0,
    doc: 'Sharpens edges of about this width: the standard deviation of its Gaussian.',
    example: '1',
  },
} as const satisfies FieldTable;

/** Unsharp masking. The value is the standard deviation of its Gaussian, in pixels. */
export const sharpen = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: true,
  changesColours: false,
  steps: ['sharpen'],
  read: ({ sharpen: sigma = 0 }): number | undefined => (sigma >= minSigma ? sigma : undefined),
  draw: (image, sigma) => image.sharpen({ sigma }),
  example: { query: 'width=240&sharpen=2', doc: 'Crisp edges.' },
});
