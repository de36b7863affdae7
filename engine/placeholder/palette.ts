/** Opaque pixels of a small picture: red, green, blue, one after the other. */
export type Pixels = readonly (readonly [number, number, number])[];

const spread = (pixels: Pixels, channel: 0 | 1 | 2): number => {
  const values = pixels.map((pixel) => pixel[channel]);
  return Math.max(...values) - Math.min(...values);
};

const channels = [0, 1, 2] as const;
const widest = (pixels: Pixels): 0 | 1 | 2 =>
  channels.reduce((best, channel) => (spread(pixels, channel) > spread(pixels, best) ? channel : best));

/** Cuts a box of colours at the median of its widest channel. */
function cut(pixels: Pixels): readonly Pixels[] {
  const channel = widest(pixels);
  const sorted = pixels.toSorted((a, b) => a[channel] - b[channel]);
  const median = sorted[sorted.length >> 1]?.[channel] ?? 0;
  const below = sorted.filter((pixel) => pixel[channel] < median);
  // All up to the median are alike.
  const at = below.length > 0 ? below.length : sorted.filter((pixel) => pixel[channel] <= median).length;
  return [sorted.slice(0, at), sorted.slice(at)];
}

const mean = (pixels: Pixels): readonly number[] =>
  channels.map((channel) =>
    Math.round(pixels.reduce((sum, pixel) => sum + pixel[channel], 0) / pixels.length),
  );

const hexOf = (colour: readonly number[]): string =>
  `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

/** How much a box gains by a cut: many pixels, far apart. */
const weight = (pixels: Pixels): number => pixels.length * spread(pixels, widest(pixels)) ** 2;

/** Up to `count` colours of a picture, the most frequent one first, by median cut (Heckbert 1982). */
export function paletteOf(pixels: Pixels, count: number): readonly string[] {
  let boxes: readonly Pixels[] = pixels.length > 0 ? [pixels] : [];
  while (boxes.length > 0 && boxes.length < count) {
    const largest = boxes.reduce((best, box) => (weight(box) > weight(best) ? box : best));
    if (weight(largest) === 0) break;
    boxes = boxes.flatMap((box) => (box === largest ? cut(box) : [box]));
  }
  return [...new Set(boxes.toSorted((a, b) => b.length - a.length).map((box) => hexOf(mean(box))))];
}
