type Attributes = Readonly<Record<string, string>>;

const numbers = (text = ''): readonly number[] => text.split(/[\s,]+/).map(Number);
const largest = (text = ''): number => Math.max(0, ...numbers(text).filter(Number.isFinite).slice(0, 2));

/** Milliseconds that librsvg takes for a megapixel, measured; a radius counts as if it were in pixels. */
const milliseconds: Readonly<Record<string, (attributes: Attributes) => number>> = {
  feGaussianBlur: () => 150,
  feDropShadow: () => 200,
  feDisplacementMap: () => 1_000,
  feSpecularLighting: () => 160,
  feDiffuseLighting: () => 80,
  feMorphology: ({ radius }) => 130 + 200 * largest(radius),
  feConvolveMatrix: ({ order = '3' }) => 20 * largest(order) ** 2,
  feTurbulence: ({ numOctaves = '1' }) => 120 + 85 * Math.min(7, largest(numOctaves)),
};
const others = 50;

/** Milliseconds that a part of a filter takes for each megapixel; 0 for any other element. */
export const filterMs = (name: string, attributes: Attributes): number =>
  name.startsWith('fe') ? (milliseconds[name]?.(attributes) ?? others) : 0;
