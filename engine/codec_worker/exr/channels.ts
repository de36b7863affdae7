import { byWord } from '../../../common/by_word.ts';
import type { Channel, Part } from './header.ts';

/** The channels that make the picture: their indices in the part, by meaning. */
export type ColourChannels = Readonly<Record<string, number>>;

const meanings = byWord({
  ...{ r: 'R', g: 'G', b: 'B', a: 'A', y: 'Y', ry: 'RY', by: 'BY' },
  ...{ red: 'R', green: 'G', blue: 'B', alpha: 'A' },
});

const layerOf = ({ name }: Channel): string => name.slice(0, name.lastIndexOf('.') + 1);

function shownOf(channels: readonly Channel[], layer: string): ColourChannels {
  const entries = channels.flatMap((channel, index) => {
    const meaning = meanings.get(channel.name.slice(layer.length).toLowerCase());
    return meaning && layerOf(channel) === layer ? [[meaning, index] as const] : [];
  });
  return Object.fromEntries(entries);
}

export const hasColour = (shown: ColourChannels): boolean =>
  ['R', 'G', 'B', 'Y'].some((name) => name in shown);

/** The channels that make a picture: those without a layer, otherwise those of the first layer with colours. */
export function pictureOf({ channels }: Part): ColourChannels | undefined {
  const layers = ['', ...new Set(channels.map(layerOf))];
  const all = layers.map((layer) => shownOf(channels, layer));
  return all.find(hasColour) ?? all.find((shown) => 'A' in shown);
}
