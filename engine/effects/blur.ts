import type { FieldTable } from '../../common/fields/field.ts';
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

/** Standard deviation times pixels up to which a blur takes at most about a second. */
const maxWork = 1e9;
/** The standard deviation in a picture that is scaled down for a wider blur, which leaves no detail anyway. */
const sigmaWhenSmall = 16;

const scaled = (length: number, factor: number): number => Math.max(1, Math.round(length * factor));

/** Gaussian blur. The value is its standard deviation in pixels. A wide blur of a large picture is done on a small copy. */
export const blur = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: true,
  changesColours: false,
  steps: ['blur'],
  read: ({ sigma = 0 }): number | undefined => (sigma >= minSigma ? sigma : undefined),
  passes: (sigma, { width, height }) => {
    const factor = sigmaWhenSmall / sigma;
    if (sigma * width * height <= maxWork || factor >= 1) return undefined;
    const small = { width: scaled(width, factor), height: scaled(height, factor) };
    return [
      { geometry: { resize: small }, value: sigmaWhenSmall },
      { geometry: { resize: { width, height }, kernel: 'cubic' } },
    ];
  },
  draw: (image, sigma) => image.blur(sigma),
  example: { query: 'width=240&sigma=3', doc: 'A soft picture.' },
});
