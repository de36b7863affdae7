import type { FieldTable } from '../../common/fields/field.ts';
import { cornersOf } from '../pixels/corners.ts';
import { defineEffect } from './effect.ts';

/** The value of `max`: rounder than any picture. */
const roundest = -1;

const fields = {
  radius: {
    kind: 'numbers',
    count: [1, 4],
    unit: 'pixels',
    min: 0,
    max: 16_383,
    names: { max: roundest },
    doc: 'Rounds the corners: all, or top left, top right, bottom right and bottom left, as in CSS; max makes a circle of a square. The corners are transparent where the format allows that, else they show the background.',
    example: '20',
  },
} as const satisfies FieldTable;

/** Radii of the corners, clockwise from the top left. */
export type Radii = readonly [number, number, number, number];

/** As CSS reads one to four values: each missing one is that of the opposite corner, or else of the first. */
const allFour = ([a = 0, b = a, c = a, d = b]: readonly number[]): Radii => [a, b, c, d];

/** Rounded corners. */
export const radius = defineEffect({
  fields,
  kind: 'placed',
  perFrame: true,
  changesColours: false,
  steps: ['composite'],
  alphaAfter: () => true,
  read: ({ radius: values = [] }): Radii | undefined =>
    values.some((value) => value !== 0)
      ? allFour(values.map((value) => (value === roundest ? Number.MAX_SAFE_INTEGER : value)))
      : undefined,
  draw: (image, radii, { size }) =>
    image.composite(cornersOf(radii, size).map((corner) => ({ ...corner, blend: 'dest-out' }))),
  example: {
    query: 'width=240&height=240&nocrop=false&radius=max&type=webp',
    doc: 'A circle, transparent around it.',
  },
});
