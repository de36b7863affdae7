import type { Element } from './parse.ts';

/** What drawing comes to. */
export interface Cost {
  /** Elements that are drawn, each as often as it is referred to. */
  readonly elements: number;
  /** Milliseconds that its filters take for each megapixel. */
  readonly filterMs: number;
  /** Parts of filters that are done, each of which takes some time whatever its size. */
  readonly filterSteps: number;
}

/** What an element comes to, and how often something inherited is drawn in it: by shape, and by corner. */
export interface Weight extends Cost {
  readonly shapes: number;
  readonly corners: number;
}

type Attributes = Element['attributes'];

export const nothing: Weight = { elements: 0, filterMs: 0, filterSteps: 0, shapes: 0, corners: 0 };
export const endless: Weight = { ...nothing, elements: Number.POSITIVE_INFINITY };

export function plus(one: Weight, other: Weight, times = 1): Weight {
  if (times === 0) return one;
  return {
    elements: one.elements + other.elements * times,
    filterMs: one.filterMs + other.filterMs * times,
    filterSteps: one.filterSteps + other.filterSteps * times,
    shapes: one.shapes + other.shapes * times,
    corners: one.corners + other.corners * times,
  };
}

const numbers = (text = ''): readonly number[] => text.split(/[\s,]+/).map(Number);
const largest = (text = ''): number => Math.max(0, ...numbers(text).filter(Number.isFinite).slice(0, 2));

/** Milliseconds that librsvg takes for a megapixel, measured; a radius counts as if it were in pixels. */
const primitives: Readonly<Record<string, (attributes: Attributes) => number>> = {
  feGaussianBlur: () => 150,
  feDropShadow: () => 200,
  feDisplacementMap: () => 1_000,
  feSpecularLighting: () => 160,
  feDiffuseLighting: () => 80,
  feMorphology: ({ radius }) => 130 + 200 * largest(radius),
  feConvolveMatrix: ({ order = '3' }) => 20 * largest(order) ** 2,
  feTurbulence: ({ numOctaves = '1' }) => 120 + 85 * Math.min(7, largest(numOctaves)),
};
/** Parts of a primitive, not primitives themselves. */
const parts = /^fe(?:MergeNode|Func[RGBA]|(?:Distant|Point|Spot)Light)$/;
const functions: Readonly<Record<string, number>> = { blur: 150, 'drop-shadow': 200 };
const others = 50;
/** Milliseconds of each use of a mask for each megapixel, however little of that it covers. */
const maskMs = 5;

const primitiveMs = ({ local, attributes }: Element): number =>
  local.startsWith('fe') && !parts.test(local) ? (primitives[local]?.(attributes) ?? others) : 0;

const shapes = new Set('path rect circle ellipse line polyline polygon text tspan textPath'.split(' '));
/** What a part of a gradient is beside a shape. */
const elementWeights: Readonly<Record<string, number>> = {
  stop: 0.05,
  linearGradient: 0.25,
  radialGradient: 0.25,
};
/** Numbers that each command of a path takes; an arc may write its flags without spaces. */
const arity: Readonly<Record<string, number>> = {
  ...{ h: 1, v: 1, m: 2, l: 2, t: 2, q: 4, s: 4, c: 6, a: 4, z: 1 },
};

const longPath = 20_000;

/** About as many corners as a line has: markers are drawn at each. */
function cornersOf({ local, attributes: { d = '', points = '' } }: Element): number {
  if (local === 'line') return 2;
  if (local.startsWith('poly')) return Math.ceil(numbers(points).length / 2);
  if (local !== 'path') return 0;
  // A corner takes two characters at least; reading each of a long path keeps all else waiting.
  if (d.length > longPath) return Math.ceil(d.length / 2);
  return [...d.matchAll(/([mlhvcsqtaz])([^mlhvcsqtaz]*)/gi)].reduce((sum, [, command = '', rest = '']) => {
    const count = rest.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi)?.length ?? 0;
    return sum + Math.max(1, Math.ceil(count / (arity[command.toLowerCase()] ?? 1)));
  }, 0);
}

/** An element by itself. */
export const ownWeight = (element: Element, nested: Cost = nothing): Weight => ({
  elements: (elementWeights[element.local] ?? 1) + nested.elements,
  filterMs: primitiveMs(element) + (element.local === 'mask' ? maskMs : 0) + nested.filterMs,
  filterSteps: (primitiveMs(element) > 0 ? 1 : 0) + nested.filterSteps,
  shapes: shapes.has(element.local) ? 1 : 0,
  corners: cornersOf(element),
});

/** What functions of filters come to, such as `blur(2px)`. */
export const functionsWeight = (names: readonly string[]): Weight => ({
  ...nothing,
  filterMs: names.reduce((sum, name) => sum + (functions[name] ?? others), 0),
  filterSteps: names.length,
});

/** Milliseconds of each step of a filter for each megapixel of the whole, however little it works on. */
const stepMs = 5;

/** Shadows and glows; heavier filters count as if they worked on all of the drawing. */
const ordinaryMs = 600;

/** A filter where it works on a share of the drawing. */
export const onShare = (filter: Weight, share: number): Weight =>
  share === 1 || filter.filterMs > ordinaryMs
    ? filter
    : { ...filter, filterMs: filter.filterMs * share + filter.filterSteps * stepMs };
