import { type FieldTable, mapTable, type ValuesOf } from '../common/fields/field.ts';

/** The longest side of a picture: the largest of WebP, and of Imaginary. */
export const maxSide = 16_383;

/** The engine's limits as settings; every program that converts includes this table in its own. */
export const limitFields = {
  MAX_INPUT_MEGAPIXELS: {
    kind: 'float',
    default: 50,
    min: 0,
    doc: 'Largest input, in pixels x frames.',
    unit: 'megapixels',
  },
  MAX_OUTPUT_MEGAPIXELS: {
    kind: 'float',
    default: 50,
    min: 0,
    doc: 'Largest output, and largest picture held between two steps, in pixels x frames.',
    unit: 'megapixels',
  },
  MAX_OUTPUT_SIDE: {
    kind: 'int',
    default: maxSide,
    min: 1,
    doc: 'Longest side of an output. Pictures between two steps are limited by pixels only.',
    unit: 'pixels',
  },
  MAX_FRAMES: {
    kind: 'int',
    default: 1000,
    min: 1,
    doc: 'Largest number of frames of an animation; the rest is left out. Frames from the 101st on are also left out where they exceed the limits on pixels.',
  },
  MAX_SVG_BYTES: { kind: 'int', default: 5_000_000, min: 1, doc: 'Largest SVG input.', unit: 'bytes' },
  CONVERSION_SECONDS: { kind: 'int', default: 30, min: 1, doc: 'Longest conversion.', unit: 'seconds' },
} as const satisfies FieldTable;

export type Limits = ValuesOf<typeof limitFields>;

/** The documented defaults. */
export const defaultLimits: Limits = mapTable(limitFields, (field) => field.default);
