import type { Colour } from '../../common/colour.ts';
import type { FieldTable } from '../../common/fields/field.ts';
import { defineEffect } from './effect.ts';
import { toLuma } from './luma.ts';

const fields = {
  duotone: {
    kind: 'colours',
    count: [2, 2],
    doc: 'Makes black the first colour and white the second one, and mixes them between.',
    example: '1e3264,f9cf9c',
  },
} as const satisfies FieldTable;

interface Tones {
  readonly dark: Colour;
  readonly light: Colour;
}
const channels = ['r', 'g', 'b'] as const;

/** Two colours by the brightness of each pixel. */
export const duotone = defineEffect({
  fields,
  kind: 'pixels',
  perFrame: false,
  changesColours: true,
  steps: ['recomb', 'linear'],
  read: ({ duotone: colours }): Tones | undefined => {
    const [dark, light] = colours ?? [];
    return dark && light && { dark, light };
  },
  recolour: ({ dark, light }, change) => ({ dark: change(dark), light: change(light) }),
  // A recombined picture has eight bits a channel.
  draw: (image, { dark, light }) =>
    image.recomb(toLuma).linear(
      channels.map((channel) => (light[channel] - dark[channel]) / 255),
      channels.map((channel) => dark[channel]),
    ),
  example: { query: 'width=240&duotone=1e3264,f9cf9c', doc: 'Night blue and sand.' },
});
