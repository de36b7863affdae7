import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';
import { matrixOf } from './luma.ts';

const fields = {
  sepia: { kind: 'bool', doc: 'Browns the picture like an old photograph.', example: 'true' },
} as const satisfies FieldTable;

/** The matrix of the Filter Effects of CSS. */
const brown = matrixOf([
  [0.393, 0.769, 0.189],
  [0.349, 0.686, 0.168],
  [0.272, 0.534, 0.131],
]);

/** The tones of an old photograph. */
export const sepia = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: true,
  steps: ['recomb'],
  read: ({ sepia: asked }): true | undefined => asked || undefined,
  draw: (image) => image.recomb(brown),
  example: { query: 'width=240&sepia=true', doc: 'An old photograph.' },
});
