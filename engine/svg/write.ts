import { readRules, removeExternalUrls } from './css.ts';
import { type Element, isElement, isLink } from './parse.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
export const escapeText = (text: string): string => text.replace(/[&<>\r]/g, (one) => escapes[one] ?? '');
const escapeValue = (text: string): string => text.replace(/[&<>"\t\n\r]/g, (one) => escapes[one] ?? '');

const writeAttribute = (name: string, value: string): string => ` ${name}="${escapeValue(value)}"`;

export const writeAttributes = (attributes: Iterable<readonly [string, string]>): string =>
  [...attributes].map(([name, value]) => writeAttribute(name, value)).join('');

/** The addresses of pictures: original address to written address. */
export type Pictures = ReadonlyMap<string, string>;

export interface WriteOptions {
  readonly pictures: Pictures;
  /** Write style sheets as they were counted and as librsvg reads them, or unchanged for browsers. */
  readonly sheets: 'as counted' | 'as read';
}

/** Elements that draw a picture. */
export const isPicture = ({ local }: Element): boolean => local === 'image' || local === 'feImage';

/** Elements that are dropped, and elements whose content librsvg does not draw. */
const dropped = new Set(['script', 'include']);
const emptied = new Set(['metadata', 'foreignObject']);
/** Attributes that are plain text, never CSS. */
const plain = new Set(['id', 'class', 'd', 'points', 'transform']);

/** The written address of a link: a part of the document or an embedded picture; undefined for any other. */
function link(element: Element, value: string, pictures: Pictures): string | undefined {
  if (value.trimStart().startsWith('#')) return value;
  return isPicture(element) ? pictures.get(value) : undefined;
}

function attribute(element: Element, name: string, pictures: Pictures): string {
  const value = element.attributes[name] ?? '';
  if (plain.has(name) || name.startsWith('xmlns')) return writeAttribute(name, value);
  const safe = isLink(name) ? link(element, value, pictures) : removeExternalUrls(value);
  return safe === undefined ? '' : writeAttribute(name, safe);
}

/** Writes the rules of a style sheet that were counted, so that librsvg reads the same ones. */
const sheet = (css: string): string =>
  readRules(css)
    .map(({ selector, declarations }) => `${selector}{${removeExternalUrls(declarations)}}`)
    .join('');

function content(element: Element, options: WriteOptions): string {
  if (emptied.has(element.local)) return '';
  if (element.local === 'style') {
    const css = element.children.filter((child) => !isElement(child)).join('');
    return escapeText(options.sheets === 'as read' ? css : sheet(css));
  }
  return element.children
    .map((child) => (isElement(child) ? writeDrawing(child, options) : escapeText(child)))
    .join('');
}

/** Writes a document with exactly the content that was counted, so that the renderer sees nothing else. */
export function writeDrawing(element: Element, options: WriteOptions): string {
  const { name, local, attributes } = element;
  if (dropped.has(local)) return '';
  const written = Object.keys(attributes).map((one) => attribute(element, one, options.pictures));
  const inside = content(element, options);
  return `<${name}${written.join('')}${inside === '' ? '/>' : `>${inside}</${name}>`}`;
}
