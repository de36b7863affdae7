import { SaxesParser } from 'saxes';

/** What an element with an id holds: elements of its own, and references to others. */
interface Node {
  own: number;
  readonly refers: string[];
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** The ids that an element points to: `href`, and `url()` in any attribute (pattern, mask, marker, filter). */
function referred(attributes: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    if (localName(name) === 'href') return value.startsWith('#') ? [value.slice(1)] : [];
    return [...value.matchAll(/url\(\s*['"]?#([^'")\s]+)/g)].map(([, id = '']) => id);
  });
}

/** What drawing an element costs, in plain ones: filters work on every pixel, and turbulence hard. */
const costOf = (name: string): number => {
  if (!name.startsWith('fe')) return 1;
  return name === 'feTurbulence' ? 5_000 : 500;
};

/** Every element counts for the nearest one around it that has an id; '' is the document. */
function nodesOf(text: string): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>([['', { own: 0, refers: [] }]]);
  const around: string[] = [''];
  const parser = new SaxesParser();
  // What is not well-formed is for the renderer to refuse.
  parser.on('error', () => undefined);
  parser.on('opentag', ({ name, attributes }) => {
    const outer = nodes.get(around.at(-1) ?? '');
    const id = attributes.id;
    if (outer) outer.own += costOf(localName(name));
    if (id) {
      outer?.refers.push(id);
      if (!nodes.has(id)) nodes.set(id, { own: costOf(localName(name)), refers: [] });
    }
    const inner = id || (around.at(-1) ?? '');
    for (const other of referred(attributes)) nodes.get(inner)?.refers.push(other);
    around.push(inner);
  });
  parser.on('closetag', () => {
    if (around.length > 1) around.pop();
  });
  parser.write(text).close();
  return nodes;
}

/** Deeper than any drawing that the renderer takes. */
const maxDepth = 1_000;

/** How many plain elements a drawing comes to when every reference in it is drawn where it is used. */
export function drawnElements(text: string): number {
  const nodes = nodesOf(text);
  const known = new Map<string, number>();
  const count = (id: string, depth: number): number => {
    const node = nodes.get(id);
    if (node === undefined) return 0;
    if (depth > maxDepth) return Number.POSITIVE_INFINITY;
    const before = known.get(id);
    if (before !== undefined) return before;
    // A reference to itself is an error to the renderer, and nothing here.
    known.set(id, 0);
    const all = node.refers.reduce((sum, other) => sum + count(other, depth + 1), node.own);
    known.set(id, all);
    return all;
  };
  return count('', 0);
}
