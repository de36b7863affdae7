import { readRules, withoutOutside } from './css.ts';
import { type Element, isElement, localName } from './parse.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
export const escapedText = (text: string): string => text.replace(/[&<>\r]/g, (one) => escapes[one] ?? '');
const escapedValue = (text: string): string => text.replace(/[&<>"\t\n\r]/g, (one) => escapes[one] ?? '');

export const writtenAttributes = (attributes: Iterable<readonly [string, string]>): string =>
  [...attributes].map(([name, value]) => ` ${name}="${escapedValue(value)}"`).join('');

/** Pictures in a drawing: the address that is written for the one that was read. */
export type Pictures = ReadonlyMap<string, string>;

export interface WriteOptions {
  readonly pictures: Pictures;
  /** Style sheets as librsvg takes them and as they were counted, or with all that browsers know. */
  readonly sheets: 'as counted' | 'as read';
}

/** Elements that draw a picture. */
export const isPicture = ({ local }: Element): boolean => local === 'image' || local === 'feImage';

/** Elements that librsvg would follow or carry for nothing, and those whose content it does not draw. */
const dropped = new Set(['script', 'include']);
const emptied = new Set(['metadata', 'foreignObject']);
/** Attributes that are read as text, never as CSS. */
const plain = new Set(['id', 'class', 'd', 'points', 'transform']);

/** A link leads to a part of the document, or to a picture in it. */
function link(element: Element, value: string, pictures: Pictures): string | undefined {
  if (value.trimStart().startsWith('#')) return value;
  return isPicture(element) ? pictures.get(value) : undefined;
}

function attribute(element: Element, [name, value]: [string, string], pictures: Pictures) {
  const local = localName(name);
  if (plain.has(name) || name.startsWith('xmlns')) return [[name, value]] as const;
  const safe = local === 'href' ? link(element, value, pictures) : withoutOutside(value);
  return safe === undefined ? [] : ([[name, safe]] as const);
}

/** The rules of a style sheet as they were counted, so that librsvg reads the same ones. */
const sheet = (css: string): string =>
  readRules(css)
    .map(({ selector, declarations }) => `${selector}{${withoutOutside(declarations)}}`)
    .join('');

function content(element: Element, options: WriteOptions): string {
  if (emptied.has(element.local)) return '';
  if (element.local === 'style') {
    const css = element.children.filter((child) => !isElement(child)).join('');
    return escapedText(options.sheets === 'as read' ? css : sheet(css));
  }
  return element.children
    .map((child) => (isElement(child) ? writeDrawing(child, options) : escapedText(child)))
    .join('');
}

/** A document of what was read and nothing else: the renderer sees what was counted. */
export function writeDrawing(element: Element, options: WriteOptions): string {
  const { name, local, attributes } = element;
  if (dropped.has(local)) return '';
  const written = Object.entries(attributes).flatMap((one) => attribute(element, one, options.pictures));
  const inside = content(element, options);
  return `<${name}${writtenAttributes(written)}${inside === '' ? '/>' : `>${inside}</${name}>`}`;
}
