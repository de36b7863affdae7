import { type FieldTable, mapTable, type ValuesOf } from '../common/field.ts';

/** The longest side of a picture: the largest of WebP, and of Imaginary. */
export const maxSide = 16_383;

/** The engine's limits as settings; every program that converts includes this table in its own. */
export const limitFields = {
  MAX_INPUT_MEGAPIXELS: {
    kind: 'float',
    default: 50,
    min: 0,
    doc: 'Most pixels x frames of an input.',
    unit: 'megapixels',
  },
  MAX_OUTPUT_MEGAPIXELS: {
    kind: 'float',
    default: 50,
    min: 0,
    doc: 'Most pixels x frames of an output, and of a picture held between two steps.',
    unit: 'megapixels',
  },
  MAX_OUTPUT_SIDE: {
    kind: 'int',
    default: maxSide,
    min: 1,
    doc: 'Longest side of an output; of pictures on the way only pixels count.',
    unit: 'pixels',
  },
  MAX_FRAMES: {
    kind: 'int',
    default: 1000,
    min: 1,
    doc: 'Most frames of an animation that are kept; the limits on pixels leave out what is over them from the 101st on.',
  },
  MAX_SVG_BYTES: { kind: 'int', default: 5_000_000, min: 1, doc: 'Largest SVG input.', unit: 'bytes' },
  CONVERSION_SECONDS: { kind: 'int', default: 30, min: 1, doc: 'Longest conversion.', unit: 'seconds' },
} as const satisfies FieldTable;

export type Limits = ValuesOf<typeof limitFields>;

/** The documented defaults. */
export const defaultLimits: Limits = mapTable(limitFields, (field) => field.default);
