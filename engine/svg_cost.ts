import { type Element, isElement } from './svg_parse.ts';
import { createWishes, linkedIds, passesOn } from './svg_styles.ts';

/** What drawing comes to. */
export interface Cost {
  /** Elements that are drawn, each as often as it is referred to. */
  readonly elements: number;
  /** Milliseconds that its filters take for each megapixel. */
  readonly filterMs: number;
}

/** What an element comes to, and how often something inherited is drawn in it: by shape, and by corner. */
interface Weight extends Cost {
  readonly shapes: number;
  readonly corners: number;
}

type Attributes = Element['attributes'];

const nothing: Weight = { elements: 0, filterMs: 0, shapes: 0, corners: 0 };
const endless: Weight = { ...nothing, elements: Number.POSITIVE_INFINITY };

function plus(one: Weight, other: Weight, times = 1): Weight {
  if (times === 0) return one;
  return {
    elements: one.elements + other.elements * times,
    filterMs: one.filterMs + other.filterMs * times,
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
/** Drawn where something refers to them, not where they are. */
const unseen = new Set(
  'defs symbol clipPath mask pattern marker filter linearGradient radialGradient style metadata'.split(' '),
);
/** What a part of a gradient is beside a shape. */
const elementWeights: Readonly<Record<string, number>> = {
  stop: 0.05,
  linearGradient: 0.25,
  radialGradient: 0.25,
};
/** Filled or stroked with; `fill` and `stroke` are inherited. */
const paints = new Set(['pattern', 'linearGradient', 'radialGradient']);

/** Numbers that each command of a path takes; an arc may write its flags without spaces. */
const arity: Readonly<Record<string, number>> = {
  ...{ h: 1, v: 1, m: 2, l: 2, t: 2, q: 4, s: 4, c: 6, a: 4, z: 1 },
};

/** About as many corners as a line has: markers are drawn at each. */
function cornersOf({ local, attributes: { d = '', points = '' } }: Element): number {
  if (local === 'line') return 2;
  if (local.startsWith('poly')) return Math.ceil(numbers(points).length / 2);
  if (local !== 'path') return 0;
  return [...d.matchAll(/([mlhvcsqtaz])([^mlhvcsqtaz]*)/gi)].reduce((sum, [, command = '', rest = '']) => {
    const count = rest.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi)?.length ?? 0;
    return sum + Math.max(1, Math.ceil(count / (arity[command.toLowerCase()] ?? 1)));
  }, 0);
}

/** An element by itself. */
const ownWeight = (element: Element, nested: Cost = { elements: 0, filterMs: 0 }): Weight => ({
  elements: (elementWeights[element.local] ?? 1) + nested.elements,
  filterMs: primitiveMs(element) + (element.local === 'mask' ? maskMs : 0) + nested.filterMs,
  shapes: shapes.has(element.local) ? 1 : 0,
  corners: cornersOf(element),
});

function elementsById(root: Element): ReadonlyMap<string, Element> {
  const known = new Map<string, Element>();
  const add = (element: Element): void => {
    const { id } = element.attributes;
    if (id !== undefined && !known.has(id)) known.set(id, element);
    element.children.filter(isElement).forEach(add);
  };
  add(root);
  return known;
}

/** Deeper than any drawing that the renderer takes. */
const maxDepth = 1_500;
/** More looks at elements than a drawing within the limits needs, though circles are walked again and again. */
const maxVisits = 200_000;

/**
 * What drawing an element comes to: every reference in it is drawn where it is used, as the renderer does.
 * `nested`: what pictures in the drawing come to that are drawings themselves.
 */
export function costOf(root: Element, nested: ReadonlyMap<Element, Cost>): Cost {
  const byId = elementsById(root);
  const wishesOf = createWishes(root);
  const spreads = passesOn(root);
  const known = new Map<Element, Weight>();
  /** Elements that are being drawn, and how deep. */
  const under = new Map<Element, number>();
  let visits = 0;
  /** The depth of the outermost element that was met again within itself since it was set. */
  let circle = Number.POSITIVE_INFINITY;

  /** How often something that an element asks for by its id is drawn. */
  const timesFor = (target: Element, { elements, shapes: filled, corners }: Weight): number => {
    if (target.local === 'marker') return corners;
    if (paints.has(target.local)) return filled;
    return spreads ? elements : 1;
  };

  const inside = (element: Element): Weight => {
    const children = element.children.filter(isElement).filter(({ local }) => !unseen.has(local));
    const whole = [
      ...children.map(weightOf),
      ...linkedIds(element)
        .flatMap((id) => byId.get(id) ?? [])
        .map(weightOf),
    ].reduce((sum, one) => plus(sum, one), ownWeight(element, nested.get(element)));
    const wishes = wishesOf(element);
    const ms = wishes.functions.reduce((sum, name) => sum + (functions[name] ?? others), 0);
    const drawn = { ...whole, filterMs: whole.filterMs + ms * (spreads ? whole.elements : 1) };
    return wishes.ids
      .flatMap((id) => byId.get(id) ?? [])
      .reduce((sum, target) => plus(sum, weightOf(target), timesFor(target, whole)), drawn);
  };

  const weightOf = (element: Element): Weight => {
    const before = known.get(element);
    if (before !== undefined) return before;
    const depth = under.size;
    const met = under.get(element);
    visits += 1;
    if (depth > maxDepth || visits > maxVisits) return endless;
    // A reference to itself is an error to the renderer, and nothing here.
    if (met !== undefined) {
      circle = Math.min(circle, met);
      return nothing;
    }
    const outer = circle;
    circle = Number.POSITIVE_INFINITY;
    under.set(element, depth);
    const weight = inside(element);
    under.delete(element);
    // What was cut short for an element around this one is worth more elsewhere.
    if (circle >= depth) known.set(element, weight);
    circle = Math.min(outer, circle >= depth ? Number.POSITIVE_INFINITY : circle);
    return weight;
  };

  const { elements, filterMs } = weightOf(root);
  return { elements: Math.round(elements), filterMs };
}
