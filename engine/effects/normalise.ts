import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

const fields = {
  normalise: {
    kind: 'bool',
    doc: 'Stretches the light of the picture from black to white; all but 1 % at each end.',
    example: 'true',
  },
} as const satisfies FieldTable;

/** Stretches lightness over its full range. */
export const normalise = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: true,
  changesColours: true,
  steps: ['normalise'],
  read: ({ normalise: asked }): true | undefined => asked || undefined,
  draw: (image) => image.normalise(),
  example: { query: 'width=240&normalise=true', doc: 'From black to white.' },
});
