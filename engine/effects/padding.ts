import type { Colour } from '../../common/colour.ts';
import type { FieldTable } from '../../common/fields/field.ts';
import { background } from './background.ts';
import { defineEffect } from './effect.ts';

const fields = {
  padding: {
    kind: 'numbers',
    count: [1, 4],
    unit: 'pixels',
    min: 0,
    max: 16_383,
    doc: 'Adds space around the finished picture: all sides, or top, right, bottom and left, as in CSS. It has the colour of background; without one it is transparent where the format allows that.',
    example: '10 20',
  },
  ...background.fields,
} as const satisfies FieldTable;

interface Padding {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
  /** Absent: transparent. */
  readonly colour?: Colour;
}

const clear: Colour = { r: 0, g: 0, b: 0, alpha: 0 };
const isOpaque = (colour: Colour | undefined): colour is Colour => colour?.alpha === 1;

/** As CSS reads one to four values. */
const sidesOf = ([top = 0, right = top, bottom = top, left = right]: readonly number[]) => ({
  top: Math.round(top),
  right: Math.round(right),
  bottom: Math.round(bottom),
  left: Math.round(left),
});

/** Space around the picture. */
export const padding = defineEffect<typeof fields, Padding>({
  fields,
  kind: 'placed',
  perFrame: false,
  changesColours: false,
  steps: ['flatten', 'extend'],
  alphaAfter: ({ colour }) => !isOpaque(colour),
  read: ({ padding: values = [], background: colour }): Padding | undefined =>
    values.some((value) => value > 0) ? { ...sidesOf(values), ...(colour ? { colour } : {}) } : undefined,
  recolour: ({ colour, ...sides }, change) => ({ ...sides, ...(colour ? { colour: change(colour) } : {}) }),
  sizeAfter: ({ width, height }, { top, right, bottom, left }) => ({
    width: width + left + right,
    height: height + top + bottom,
  }),
  draw: (image, { colour = clear, ...sides }) => {
    // The colour lies under transparent corners too.
    const flat = isOpaque(colour) ? image.flatten({ background: colour }) : image;
    return flat.extend({ ...sides, background: colour });
  },
  example: {
    query: 'width=200&padding=20,40&background=gold',
    doc: 'Space above and below, more at the sides.',
  },
});
