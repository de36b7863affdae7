import { filterMs } from './svg_filters.ts';

/** What drawing comes to. */
export interface Cost {
  readonly elements: number;
  /** Milliseconds that its filters take for each megapixel. */
  readonly filterMs: number;
}

/** What an element with an id holds: elements of its own, and references to others. */
interface Node {
  own: Cost;
  readonly refers: string[];
}

export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const nothing: Cost = { elements: 0, filterMs: 0 };
const endless: Cost = { elements: Number.POSITIVE_INFINITY, filterMs: 0 };
const sum = (one: Cost, other: Cost): Cost => ({
  elements: one.elements + other.elements,
  filterMs: one.filterMs + other.filterMs,
});

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** The ids that an element points to: `href`, and `url()` in any attribute (pattern, mask, marker, filter). */
function referred(attributes: Tag['attributes']): readonly string[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    if (localName(name) === 'href') return value.startsWith('#') ? [value.slice(1)] : [];
    return [...value.matchAll(/url\(\s*['"]?#([^'")\s]+)/g)].map(([, id = '']) => id);
  });
}

/** Deeper than any drawing that the renderer takes. */
const maxDepth = 1_000;

/** Every reference in it drawn where it is used. */
function total(nodes: ReadonlyMap<string, Node>): Cost {
  const known = new Map<string, Cost>();
  const count = (id: string, depth: number): Cost => {
    const node = nodes.get(id);
    if (node === undefined) return nothing;
    if (depth > maxDepth) return endless;
    const before = known.get(id);
    if (before !== undefined) return before;
    // A reference to itself is an error to the renderer, and nothing here.
    known.set(id, nothing);
    const all = node.refers.reduce((cost, other) => sum(cost, count(other, depth + 1)), node.own);
    known.set(id, all);
    return all;
  };
  return count('', 0);
}

/** Adds up a drawing as it is read. Every element counts for the nearest one around it that has an id. */
export function createTally() {
  const nodes = new Map<string, Node>([['', { own: nothing, refers: [] }]]);
  const around: string[] = [''];
  return {
    open: ({ name, attributes }: Tag): void => {
      const outside = around.at(-1) ?? '';
      const outer = nodes.get(outside);
      const { id } = attributes;
      const cost = { elements: 1, filterMs: filterMs(localName(name), attributes) };
      if (outer) outer.own = sum(outer.own, cost);
      if (id) {
        outer?.refers.push(id);
        if (!nodes.has(id)) nodes.set(id, { own: cost, refers: [] });
      }
      const inner = id || outside;
      for (const other of referred(attributes)) nodes.get(inner)?.refers.push(other);
      around.push(inner);
    },
    close: (): void => {
      if (around.length > 1) around.pop();
    },
    total: (): Cost => total(nodes),
  };
}
