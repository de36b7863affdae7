import type { FieldTable } from '../../common/fields/field.ts';
import type { Geometry } from '../transform/geometry.ts';
import { defineEffect } from './effect.ts';

const fields = {
  pixelate: {
    kind: 'int',
    unit: 'pixels',
    min: 1,
    max: 1000,
    neutral: 1,
    doc: 'Shows squares of this side, each in the mean colour of its part.',
    example: '12',
  },
} as const satisfies FieldTable;

/** A length in whole squares. One square that is longer than the picture has the length of the picture. */
const lengthIn = (squares: number, side: number, length: number): number =>
  squares === 1 ? Math.min(side, length) : squares * side;

/** Squares of one colour: the picture is scaled down to a pixel for each, and up again. */
export const pixelate = defineEffect({
  fields,
  kind: 'placed',
  perFrame: true,
  changesColours: false,
  read: ({ pixelate: side }): number | undefined => side,
  passes: (side, { width, height }) => {
    const across = { width: Math.ceil(width / side), height: Math.ceil(height / side) };
    const whole = {
      width: lengthIn(across.width, side, width),
      height: lengthIn(across.height, side, height),
    };
    const shrink: Geometry = { resize: across, kernel: 'linear' };
    const enlarge: Geometry = { resize: whole, kernel: 'nearest' };
    if (whole.width === width && whole.height === height)
      return [{ geometry: shrink }, { geometry: enlarge }];
    return [
      { geometry: { pad: { left: 0, top: 0, ...whole }, extend: 'copy' } },
      { geometry: shrink },
      { geometry: { ...enlarge, crop: { left: 0, top: 0, width, height } } },
    ];
  },
  example: { query: 'width=240&pixelate=12', doc: 'Large squares.' },
});
