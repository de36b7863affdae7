import { createShares, type ShareOf } from './area.ts';
import { type Element, isElement } from './parse.ts';
import { createWishes, linkedIds, passesOn, type Wishes } from './styles.ts';
import {
  type Cost,
  endless,
  functionsWeight,
  nothing,
  onShare,
  ownWeight,
  plus,
  type Weight,
} from './weight.ts';

/** Drawn where something refers to them, not where they are. */
const unseen = new Set(
  'defs symbol clipPath mask pattern marker filter linearGradient radialGradient style metadata'.split(' '),
);
/** Filled or stroked with; `fill` and `stroke` are inherited. */
const paints = new Set(['pattern', 'linearGradient', 'radialGradient']);

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
const maxVisits = 120_000;

/** A drawing while it is counted. */
interface Count {
  readonly byId: ReadonlyMap<string, Element>;
  readonly wishesOf: (element: Element) => Wishes;
  readonly shareOf: ShareOf;
  /** Whether filters, masks and clips are inherited. */
  readonly spreads: boolean;
  readonly nested: ReadonlyMap<Element, Cost>;
  readonly known: Map<Element, Weight>;
  /** Elements that are being drawn, and how deep. */
  readonly under: Map<Element, number>;
  visits: number;
  /** The depth of the outermost element that was met again within itself since it was set. */
  circle: number;
}

/** How often something that an element asks for by its id is drawn. */
function timesFor({ local }: Element, { elements, shapes, corners }: Weight, { spreads }: Count): number {
  if (local === 'marker') return corners;
  if (paints.has(local)) return shapes;
  return spreads ? elements : 1;
}

/** An element with what is drawn in it and for it. */
function drawn(element: Element, count: Count): Weight {
  const children = element.children.filter(isElement).filter(({ local }) => !unseen.has(local));
  const links = linkedIds(element).flatMap((id) => count.byId.get(id) ?? []);
  const inside = [...children, ...links]
    .map((one) => weightOf(one, count))
    .reduce((sum, one) => plus(sum, one), ownWeight(element, count.nested.get(element)));
  const { ids, functions } = count.wishesOf(element);
  const whole = plus(inside, functionsWeight(functions), count.spreads ? inside.elements : 1);
  return ids
    .flatMap((id) => count.byId.get(id) ?? [])
    .reduce((sum, target) => {
      const weight = weightOf(target, count);
      const share = target.local === 'filter' && !count.spreads ? count.shareOf(element, target) : 1;
      return plus(sum, onShare(weight, share), timesFor(target, whole, count));
    }, whole);
}

function weightOf(element: Element, count: Count): Weight {
  const { known, under } = count;
  const before = known.get(element);
  if (before !== undefined) return before;
  const depth = under.size;
  const met = under.get(element);
  count.visits += 1;
  if (depth > maxDepth || count.visits > maxVisits) return endless;
  // A reference to itself is an error to the renderer, and nothing here.
  if (met !== undefined) {
    count.circle = Math.min(count.circle, met);
    return nothing;
  }
  const outer = count.circle;
  count.circle = Number.POSITIVE_INFINITY;
  under.set(element, depth);
  const weight = drawn(element, count);
  under.delete(element);
  // What was cut short for an element around this one is worth more elsewhere.
  if (count.circle >= depth) {
    known.set(element, weight);
    count.circle = outer;
  } else count.circle = Math.min(outer, count.circle);
  return weight;
}

/**
 * What drawing an element comes to: every reference in it is drawn where it is used, as the renderer does.
 * `nested`: what pictures in the drawing come to that are drawings themselves.
 */
export function costOf(root: Element, nested: ReadonlyMap<Element, Cost>): Cost {
  const { elements, filterMs, filterSteps } = weightOf(root, {
    byId: elementsById(root),
    wishesOf: createWishes(root),
    shareOf: createShares(root),
    spreads: passesOn(root),
    nested,
    known: new Map(),
    under: new Map(),
    visits: 0,
    circle: Number.POSITIVE_INFINITY,
  });
  return { elements: Math.round(elements), filterMs, filterSteps };
}
