import { SaxesParser, type SaxesTagNS } from 'saxes';
import { Problem } from '../../common/problem.ts';
import type { Encoded, Passed } from '../formats/format.ts';
import type { Size } from '../transform/geometry.ts';
import {
  type Attribute,
  cleanAttribute,
  cleanCss,
  isAllowedElement,
  isTame,
  svgNamespace,
  unwrapped,
  xlinkNamespace,
} from './allow_list.ts';
import type { Drawing } from './check.ts';
import { drawingUri } from './embedded.ts';
import { feed, notWellFormed } from './parse.ts';
import { type Frame, frameOf, rootSize, sizedDrawing } from './size.ts';
import { escapedText, writeDrawing, writtenAttributes } from './write.ts';

const hrefOf = ({ uri, value }: Attribute): [string, string] => [uri === '' ? 'href' : 'xlink:href', value];

type Fate = 'kept' | 'unwrapped' | 'dropped';

/** Writes again what may stay, as it is read. */
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
    if (isAllowedElement(uri, local)) return isTame(local, Object.values(attributes)) ? 'kept' : 'dropped';
    return unwrapped.has(local) && this.open.length > 0 ? 'unwrapped' : 'dropped';
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
    if (this.open.length > 0) return `<${local}${writtenAttributes(attributes)}>`;
    return `<${local} xmlns="${svgNamespace}" xmlns:xlink="${xlinkNamespace}"${writtenAttributes(attributes)}>`;
  }

  private isTrusted(element: string, { local, value }: Attribute): boolean {
    return element === 'image' && local === 'href' && this.trusted.has(value);
  }

  characters(text: string): void {
    const inside = this.open.at(-1);
    if (inside === undefined || inside.fate === 'dropped') return;
    if (inside.name === 'style') this.css += text;
    else this.out.push(escapedText(text));
  }

  /** A style sheet is judged whole: its pieces could hide what they come to. */
  private takeCss(): string {
    const css = cleanCss(this.css);
    this.css = '';
    return css;
  }

  end(): void {
    const closed = this.open.pop();
    if (closed?.fate === 'kept' && closed.name === 'style') this.out.push(escapedText(this.takeCss()));
    if (closed?.fate === 'kept') this.out.push(`</${closed.name}>`);
  }
}

/**
 * An SVG that browsers can be given: no scripts, handlers or foreign elements, and nothing that leads outside.
 * Addresses of pictures that are `trusted` stay as they are.
 * @throws Problem `corrupt_image` when it is not well-formed XML.
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
    throw notWellFormed(cause);
  }
  if (cleaner.text.trim() === '')
    throw new Problem('corrupt_image', 'SVG has no svg element of its namespace');
  return cleaner.text;
}

/** A drawing as it was read, with the drawings in it cleaned, and the addresses of those. */
async function withCleanPictures({ root, pictures, nested }: Drawing) {
  const cleaned = await Promise.all(
    [...nested].map(async ([address, one]) => [address, drawingUri(await cleanDrawing(one))] as const),
  );
  const text = writeDrawing(root, { pictures: new Map([...pictures, ...cleaned]), sheets: 'as read' });
  return { text, trusted: new Set(cleaned.map(([, address]) => address)) };
}

async function cleanDrawing(drawing: Drawing): Promise<string> {
  const { text, trusted } = await withCleanPictures(drawing);
  return await cleanSvg(text, trusted);
}

/** A drawing with its own size is left as it is where no other one is wanted. */
function sizedFor({ drawing, exact, ...natural }: Passed & { drawing: Drawing; exact: Frame }, wanted: Size) {
  const same = natural.width === wanted.width && natural.height === wanted.height;
  return same && frameOf(rootSize(drawing.root)) ? drawing : sizedDrawing(drawing, exact, wanted);
}

/** An SVG handed on as one: cleaned, at the size that is wanted. */
export async function passDrawing(source: Passed, wanted: Size): Promise<Encoded> {
  const { drawing, exact } = source;
  if (!drawing || !exact) throw new Problem('internal', 'SVG: expected a drawing that was read');
  const clean = await cleanDrawing(sizedFor({ ...source, drawing, exact }, wanted));
  return { data: Buffer.from(clean), ...wanted, pages: 1, mode: 'clean' };
}
