import { setImmediate } from 'node:timers/promises';
import { SaxesParser } from 'saxes';
import { firstLine, Problem } from '../../common/problem.ts';
import { entitiesOf, expandedLength } from './entities.ts';

/** An element of a drawing. `name` is as written; `local` has no prefix. */
export interface Element {
  readonly name: string;
  readonly local: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

/** librsvg gives up at 500,000 elements, after seconds that cannot be interrupted. */
export const maxElements = 50_000;
/** Drawing programs do not nest groups this deep. */
const maxLevels = 500;

export const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Whether an attribute is a link. */
export const isLink = (name: string): boolean => name.endsWith('href') && localName(name) === 'href';

export const isElement = (child: Element | string): child is Element => typeof child !== 'string';

/** An element and all elements in it, in the order of the document. */
export function allElements(root: Element): readonly Element[] {
  const all: Element[] = [];
  const add = (element: Element): void => {
    all.push(element);
    for (const child of element.children) if (isElement(child)) add(child);
  };
  add(root);
  return all;
}

/** Characters parsed at a time, so that the event loop is not blocked for long. */
const stepCharacters = 65_536;

interface Parser {
  write(text: string): unknown;
  close(): unknown;
}

/** Feeds a whole document to a parser, step by step. */
export async function feed(parser: Parser, text: string): Promise<void> {
  for (let at = 0; at < text.length; at += stepCharacters) {
    if (at > 0) await setImmediate();
    parser.write(text.slice(at, at + stepCharacters));
  }
  parser.close();
}

export const parseProblem = (cause: unknown): Problem =>
  new Problem('corrupt_image', `SVG is not well-formed XML: ${firstLine(cause)}`, { cause });

type Open = Element & { readonly children: (Element | string)[] };

/** Builds the tree during parsing. */
function createBuilder() {
  const open: Open[] = [];
  let root: Element | undefined;
  let elements = 0;
  return {
    root: () => root,
    start: ({ name, attributes }: Pick<Element, 'name' | 'attributes'>): void => {
      elements += 1;
      if (elements > maxElements)
        throw new Problem('corrupt_image', `SVG has more elements than the limit of ${maxElements}`);
      if (open.length >= maxLevels)
        throw new Problem('corrupt_image', `SVG has more levels of elements than the limit of ${maxLevels}`);
      const element: Open = { name, local: localName(name), attributes, children: [] };
      open.at(-1)?.children.push(element);
      root ??= element;
      open.push(element);
    },
    text: (text: string): void => void open.at(-1)?.children.push(text),
    end: (): void => void open.pop(),
  };
}

/**
 * Parses a document into a tree. Entities of plain text are expanded; comments and instructions are dropped.
 * @throws Problem `corrupt_image` if it is not well-formed, too deep, or has too many elements or other entities;
 * `too_large` if its entities expand to more than `maxCharacters`.
 */
export async function parseDrawing(text: string, maxCharacters: number): Promise<Element> {
  const parser = new SaxesParser();
  const builder = createBuilder();
  parser.on('error', (error) => {
    throw parseProblem(error);
  });
  parser.on('doctype', (doctype) => {
    const entities = entitiesOf(doctype);
    if (expandedLength(text, entities) > maxCharacters)
      throw new Problem('too_large', `SVG entities expand to more than ${maxCharacters} characters`);
    for (const [name, value] of entities) parser.ENTITIES[name] = value;
  });
  parser.on('opentag', builder.start);
  parser.on('text', builder.text);
  parser.on('cdata', builder.text);
  parser.on('closetag', builder.end);
  await feed(parser, text);
  const root = builder.root();
  if (root?.local !== 'svg') throw new Problem('corrupt_image', 'SVG: expected an svg element as its root');
  return root;
}
