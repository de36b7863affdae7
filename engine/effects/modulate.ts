import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';

const fields = {
  brightness: {
    kind: 'float',
    min: 0,
    max: 10,
    neutral: 1,
    doc: 'Multiplies lightness: 0.5 is darker, 1.5 brighter.',
    example: '1.3',
  },
  saturation: {
    kind: 'float',
    min: 0,
    max: 10,
    neutral: 1,
    doc: 'Multiplies the strength of colours: 0 is grey, 2 is vivid.',
    example: '1.8',
  },
  hue: {
    kind: 'float',
    unit: 'degrees',
    min: -360,
    max: 360,
    neutral: 0,
    doc: 'Turns all colours on the colour wheel; in whole degrees.',
    example: '90',
  },
  lightness: {
    kind: 'float',
    min: -100,
    max: 100,
    neutral: 0,
    doc: 'Adds to lightness, which is 0 for black and 100 for white.',
    example: '20',
  },
} as const satisfies FieldTable;

interface Modulation {
  readonly brightness: number;
  readonly saturation: number;
  /** Whole degrees. */
  readonly hue: number;
  readonly lightness: number;
}

/** Lightness, chroma and hue in the space LCh. */
export const modulate = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: true,
  steps: ['modulate'],
  read: ({ brightness, saturation, hue, lightness }): Modulation | undefined => {
    if ([brightness, saturation, hue, lightness].every((value) => value === undefined)) return undefined;
    const { brightness: times, saturation: strength, hue: turn, lightness: more } = fields;
    return {
      brightness: brightness ?? times.neutral,
      saturation: saturation ?? strength.neutral,
      hue: Math.round(hue ?? turn.neutral),
      lightness: lightness ?? more.neutral,
    };
  },
  draw: (image, value) => image.modulate(value),
  example: {
    query: 'width=240&brightness=1.2&saturation=1.6&hue=40',
    doc: 'Brighter, more vivid, all colours turned.',
  },
});
