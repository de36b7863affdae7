import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

const fields = {
  negate: { kind: 'bool', doc: 'Swaps dark and light, and each colour with its opposite.', example: 'true' },
} as const satisfies FieldTable;

/** The negative of the picture; its transparency stays. */
export const negate = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: true,
  steps: ['negate'],
  read: ({ negate: asked }): true | undefined => asked || undefined,
  draw: (image) => image.negate({ alpha: false }),
  example: { query: 'width=240&negate=true', doc: 'The negative.' },
});
