import { byWord } from '../../common/by_word.ts';
import type { Element } from './parse.ts';

/** The cost of drawing. */
export interface Cost {
  /** Drawn elements; each reference counts again. */
  readonly elements: number;
  /** Milliseconds per megapixel that filters take. */
  readonly filterMs: number;
  /** Filter steps, each of which takes some time at any size. */
  readonly filterSteps: number;
}

/** The cost of an element, and the number of its shapes and corners, each of which draws what it inherits. */
export interface Weight extends Cost {
  readonly shapes: number;
  readonly corners: number;
}

type Attributes = Element['attributes'];

export const nothing: Weight = { elements: 0, filterMs: 0, filterSteps: 0, shapes: 0, corners: 0 };
export const unlimited: Weight = { ...nothing, elements: Number.POSITIVE_INFINITY };

export function plus(one: Weight, other: Weight, times = 1): Weight {
  if (times === 0 || other === nothing) return one;
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

/** Milliseconds per megapixel, measured with librsvg. A radius counts as if it were in pixels. */
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
/** Elements that are parts of a primitive. */
const parts = /^fe(?:MergeNode|Func[RGBA]|(?:Distant|Point|Spot)Light)$/;
const functions = byWord({ blur: 150, 'drop-shadow': 200 });
const others = 50;
/** Milliseconds per megapixel for each use of a mask, even if it covers little. */
const maskMs = 5;

const primitiveMs = ({ local, attributes }: Element): number =>
  local.startsWith('fe') && !parts.test(local) ? (primitives[local]?.(attributes) ?? others) : 0;

const shapes = new Set('path rect circle ellipse line polyline polygon text tspan textPath'.split(' '));
/** Weights of parts of a gradient; a shape has the weight 1. */
const elementWeights = byWord({ stop: 0.05, linearGradient: 0.25, radialGradient: 0.25 });
/** Numbers after each command of a path. An arc may have its flags without spaces. */
const arity: Readonly<Record<string, number>> = {
  ...{ h: 1, v: 1, m: 2, l: 2, t: 2, q: 4, s: 4, c: 6, a: 4, z: 1 },
};

const longPath = 20_000;

/** Approximate number of corners. A marker is drawn at each. */
export function cornersOf({ local, attributes: { d = '', points = '' } }: Element): number {
  if (local === 'line') return 2;
  if (local.startsWith('poly')) return Math.ceil(numbers(points).length / 2);
  if (local !== 'path') return 0;
  // A corner has at least two characters. Parsing a long path would block the event loop.
  if (d.length > longPath) return Math.ceil(d.length / 2);
  return [...d.matchAll(/([mlhvcsqtaz])([^mlhvcsqtaz]*)/gi)].reduce((sum, [, command = '', rest = '']) => {
    const count = rest.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi)?.length ?? 0;
    return sum + Math.max(1, Math.ceil(count / (arity[command.toLowerCase()] ?? 1)));
  }, 0);
}

/** The weight of an element alone, without its corners. */
export const ownWeight = (element: Element, nested: Cost = nothing): Weight => ({
  elements: (elementWeights.get(element.local) ?? 1) + nested.elements,
  filterMs: primitiveMs(element) + (element.local === 'mask' ? maskMs : 0) + nested.filterMs,
  filterSteps: (primitiveMs(element) > 0 ? 1 : 0) + nested.filterSteps,
  shapes: shapes.has(element.local) ? 1 : 0,
  corners: 0,
});

/** The weight of filter functions such as `blur(2px)`. */
export const functionsWeight = (names: readonly string[]): Weight =>
  names.length === 0
    ? nothing
    : {
        ...nothing,
        filterMs: names.reduce((sum, name) => sum + (functions.get(name) ?? others), 0),
        filterSteps: names.length,
      };

/** Milliseconds per megapixel of the drawing for each filter step, even if it works on little of it. */
const stepMs = 5;

/** Limit for shadows and glows. Heavier filters count as if they worked on the whole drawing. */
const ordinaryMs = 600;

/** The weight of a filter that works on a share of the drawing. */
export const weightOnShare = (filter: Weight, share: number): Weight =>
  share === 1 || filter.filterMs > ordinaryMs
    ? filter
    : { ...filter, filterMs: filter.filterMs * share + filter.filterSteps * stepMs };
