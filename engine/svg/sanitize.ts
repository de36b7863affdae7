/** Cleans an SVG that passes through. The rules, also those that block external references, are in `allow_list.ts`. */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { Problem } from '../../common/problem.ts';
import type { Encoded, PassThroughSource } from '../formats/format.ts';
import type { Size } from '../transform/geometry.ts';
import {
  type Attribute,
  cleanAttribute,
  cleanCss,
  isAllowedElement,
  isHarmless,
  svgNamespace,
  unwrappedElements,
  xlinkNamespace,
} from './allow_list.ts';
import type { Drawing } from './check.ts';
import { drawingUri } from './embedded.ts';
import { feed, parseProblem } from './parse.ts';
import { type Frame, frameOf, resizeDrawing, rootSize } from './size.ts';
import { escapeText, writeAttributes, writeDrawing } from './write.ts';

const hrefOf = ({ uri, value }: Attribute): [string, string] => [uri === '' ? 'href' : 'xlink:href', value];

type Fate = 'kept' | 'unwrapped' | 'dropped';

/** Writes the allowed parts of a document while it is parsed. */
class Cleaner {
  private readonly out: string[] = [];
  private readonly open: { readonly name: string; readonly fate: Fate }[] = [];
  private css = '';
  private readonly trusted: ReadonlySet<string>;

  constructor(trusted: ReadonlySet<string>) {
    this.trusted = trusted;
  }

  get text(): string {
    return `${this.out.join('')}\n`;
  }

  private fateOf({ uri, local, attributes }: SaxesTagNS): Fate {
    const around = this.open.at(-1);
    if (around?.fate === 'dropped' || around?.name === 'style') return 'dropped';
    if (isAllowedElement(uri, local))
      return isHarmless(local, Object.values(attributes)) ? 'kept' : 'dropped';
    return unwrappedElements.has(local) && this.open.length > 0 ? 'unwrapped' : 'dropped';
  }

  start(tag: SaxesTagNS): void {
    const fate = this.fateOf(tag);
    if (fate === 'kept') this.out.push(this.tag(tag));
    this.open.push({ name: tag.local, fate });
  }

  private tag({ local, attributes: given }: SaxesTagNS): string {
    const all = Object.values(given) as Attribute[];
    const attributes = new Map(
      all
        .map((one) => (this.isTrusted(local, one) ? hrefOf(one) : cleanAttribute(local, one)))
        .filter((one) => one !== undefined),
    );
    if (this.open.length > 0) return `<${local}${writeAttributes(attributes)}>`;
    return `<${local} xmlns="${svgNamespace}" xmlns:xlink="${xlinkNamespace}"${writeAttributes(attributes)}>`;
  }

  private isTrusted(element: string, { local, value }: Attribute): boolean {
    return element === 'image' && local === 'href' && this.trusted.has(value);
  }

  characters(text: string): void {
    const inside = this.open.at(-1);
    if (inside === undefined || inside.fate === 'dropped') return;
    if (inside.name === 'style') this.css += text;
    else this.out.push(escapeText(text));
  }

  /** A style sheet is checked as a whole, because its pieces could hide a reference. */
  private takeCss(): string {
    const css = cleanCss(this.css);
    this.css = '';
    return css;
  }

  end(): void {
    const closed = this.open.pop();
    if (closed?.fate === 'kept' && closed.name === 'style') this.out.push(escapeText(this.takeCss()));
    if (closed?.fate === 'kept') this.out.push(`</${closed.name}>`);
  }
}

/**
 * Cleans an SVG for browsers: no scripts, handlers, foreign elements or external references.
 * The addresses of `trusted` pictures stay unchanged.
 * @throws Problem `corrupt_image` if it is not well-formed XML.
 */
export async function cleanSvg(svg: string, trusted: ReadonlySet<string> = new Set()): Promise<string> {
  const cleaner = new Cleaner(trusted);
  const parser = new SaxesParser({ xmlns: true, additionalNamespaces: { xlink: xlinkNamespace } });
  parser.on('opentag', (tag) => cleaner.start(tag));
  parser.on('text', (text) => cleaner.characters(text));
  parser.on('cdata', (text) => cleaner.characters(text));
  parser.on('closetag', () => cleaner.end());
  try {
    await feed(parser, svg);
  } catch (cause) {
    throw parseProblem(cause);
  }
  if (cleaner.text.trim() === '')
    throw new Problem('corrupt_image', 'SVG has no svg element of its namespace');
  return cleaner.text;
}

/** Cleans the drawings in a drawing. Returns the text with them, and their addresses. */
async function cleanPictures({ root, pictures, nested }: Drawing) {
  const cleaned = await Promise.all(
    [...nested].map(async ([address, one]) => [address, drawingUri(await cleanDrawing(one))] as const),
  );
  const text = writeDrawing(root, { pictures: new Map([...pictures, ...cleaned]), sheets: 'as read' });
  return { text, trusted: new Set(cleaned.map(([, address]) => address)) };
}

async function cleanDrawing(drawing: Drawing): Promise<string> {
  const { text, trusted } = await cleanPictures(drawing);
  return await cleanSvg(text, trusted);
}

/** Resizes a drawing, unless it has the wanted size already. */
function resizeIfNeeded(
  { drawing, exact, ...natural }: PassThroughSource & { drawing: Drawing; exact: Frame },
  wanted: Size,
) {
  const same = natural.width === wanted.width && natural.height === wanted.height;
  return same && frameOf(rootSize(drawing.root)) ? drawing : resizeDrawing(drawing, exact, wanted);
}

/** Passes an SVG through: cleaned, at the wanted size. */
export async function passDrawing(source: PassThroughSource, wanted: Size): Promise<Encoded> {
  const { drawing, exact } = source;
  if (!drawing || !exact) throw new Problem('internal', 'SVG: expected a drawing that was read');
  const clean = await cleanDrawing(resizeIfNeeded({ ...source, drawing, exact }, wanted));
  return { data: Buffer.from(clean), ...wanted, pages: 1, mode: 'clean' };
}
