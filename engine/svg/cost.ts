import { createShares, type ShareOf } from './area.ts';
import { allElements, type Element, isElement } from './parse.ts';
import { createReferenceReader, inheritsEffects, linkedIds, type References } from './styles.ts';
import {
  type Cost,
  cornersOf,
  functionsWeight,
  nothing,
  ownWeight,
  plus,
  unlimited,
  type Weight,
  weightOnShare,
} from './weight.ts';

/** Elements that are drawn only where another one refers to them. */
const unseen = new Set(
  'defs symbol clipPath mask pattern marker filter linearGradient radialGradient style metadata'.split(' '),
);
/** Filled or stroked with; `fill` and `stroke` are inherited. */
const paints = new Set(['pattern', 'linearGradient', 'radialGradient']);

function elementsById(root: Element): ReadonlyMap<string, Element> {
  const known = new Map<string, Element>();
  for (const element of allElements(root)) {
    const { id } = element.attributes;
    if (id !== undefined && !known.has(id)) known.set(id, element);
  }
  return known;
}

/** Deeper than any drawing that the renderer takes. */
const maxDepth = 1_500;
/** More visits of elements than a drawing within the limits needs, although circles are visited repeatedly. */
const maxVisits = 120_000;

/** The state of counting a drawing. */
interface Count {
  readonly byId: ReadonlyMap<string, Element>;
  readonly referencesOf: (element: Element) => References;
  readonly shareOf: ShareOf;
  /** Whether filters, masks and clips are inherited. */
  readonly spreads: boolean;
  /** Whether there are markers. Counting corners, where they are drawn, takes as long as all other counting. */
  readonly hasMarkers: boolean;
  readonly nested: ReadonlyMap<Element, Cost>;
  readonly known: Map<Element, Weight>;
  /** Elements that are being drawn, and how deep. */
  readonly under: Map<Element, number>;
  visits: number;
  /** The depth of the outermost element that was found within itself since this was reset. */
  circle: number;
}

/** How often an element draws another one to which it refers by id. */
function timesFor({ local }: Element, { elements, shapes, corners }: Weight, { spreads }: Count): number {
  if (local === 'marker') return corners;
  if (paints.has(local)) return shapes;
  return spreads ? elements : 1;
}

function weightWithoutContent(element: Element, { nested, hasMarkers }: Count): Weight {
  const own = ownWeight(element, nested.get(element));
  return hasMarkers ? { ...own, corners: cornersOf(element) } : own;
}

/** The elements that are drawn with an element: its content, and those to which it links. */
function partsOf(element: Element, { byId }: Count): readonly Element[] {
  const inside = element.children.filter((one): one is Element => isElement(one) && !unseen.has(one.local));
  const links = linkedIds(element).flatMap((id) => byId.get(id) ?? []);
  return links.length === 0 ? inside : [...inside, ...links];
}

/** The weight of an element with its content and with the elements that it refers to. */
function weigh(element: Element, count: Count): Weight {
  const inside = partsOf(element, count).reduce(
    (sum, part) => plus(sum, weightOf(part, count)),
    weightWithoutContent(element, count),
  );
  const { ids, functions } = count.referencesOf(element);
  const whole = plus(inside, functionsWeight(functions), count.spreads ? inside.elements : 1);
  return ids
    .flatMap((id) => count.byId.get(id) ?? [])
    .reduce((sum, target) => {
      const weight = weightOf(target, count);
      const share = target.local === 'filter' && !count.spreads ? count.shareOf(element, target) : 1;
      return plus(sum, weightOnShare(weight, share), timesFor(target, whole, count));
    }, whole);
}

function weightOf(element: Element, count: Count): Weight {
  const { known, under } = count;
  const before = known.get(element);
  if (before !== undefined) return before;
  const depth = under.size;
  const met = under.get(element);
  count.visits += 1;
  if (depth > maxDepth || count.visits > maxVisits) return unlimited;
  // The renderer rejects a reference to itself, so it costs nothing.
  if (met !== undefined) {
    count.circle = Math.min(count.circle, met);
    return nothing;
  }
  const outer = count.circle;
  count.circle = Number.POSITIVE_INFINITY;
  under.set(element, depth);
  const weight = weigh(element, count);
  under.delete(element);
  // A weight that was cut short because of an outer element is larger elsewhere, so it is not cached.
  if (count.circle >= depth) {
    known.set(element, weight);
    count.circle = outer;
  } else count.circle = Math.min(outer, count.circle);
  return weight;
}

/**
 * The cost of drawing an element. Every reference counts each time it is used, as in the renderer.
 * `nested`: the costs of embedded drawings.
 */
export function costOf(root: Element, nested: ReadonlyMap<Element, Cost>): Cost {
  const byId = elementsById(root);
  const { elements, filterMs, filterSteps } = weightOf(root, {
    byId,
    referencesOf: createReferenceReader(root),
    shareOf: createShares(root),
    spreads: inheritsEffects(root),
    hasMarkers: [...byId.values()].some(({ local }) => local === 'marker'),
    nested,
    known: new Map(),
    under: new Map(),
    visits: 0,
    circle: Number.POSITIVE_INFINITY,
  });
  return { elements: Math.round(elements), filterMs, filterSteps };
}
