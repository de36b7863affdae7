import { SaxesParser, type SaxesTagNS } from 'saxes';
import { Problem } from '../common/problem.ts';
import type { Size } from './geometry.ts';
import { feed } from './svg_parse.ts';
import {
  type Attribute,
  cleanAttribute,
  cleanCss,
  isAllowedElement,
  isTame,
  svgNamespace,
  unwrapped,
  xlinkNamespace,
} from './svg_rules.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');

const written = (attributes: Iterable<readonly [string, string]>): string =>
  [...attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');

/** What the root says of size: as it was, or scaled. Without a viewBox a drawing would be cut, not scaled. */
function sized(attributes: Map<string, string>, natural: Size, wanted: Size): void {
  if (natural.width === wanted.width && natural.height === wanted.height) return;
  if (!attributes.has('viewBox')) attributes.set('viewBox', `0 0 ${natural.width} ${natural.height}`);
  attributes.set('width', `${wanted.width}`);
  attributes.set('height', `${wanted.height}`);
}

type Fate = 'kept' | 'unwrapped' | 'dropped';

/** Writes again what may stay, as it is read. */
class Cleaner {
  private readonly out: string[] = [];
  private readonly open: { readonly name: string; readonly fate: Fate }[] = [];
  private css = '';
  private readonly natural: Size;
  private readonly wanted: Size;

  constructor(natural: Size, wanted: Size) {
    this.natural = natural;
    this.wanted = wanted;
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
      all.map((attribute) => cleanAttribute(local, attribute)).filter((one) => one !== undefined),
    );
    if (this.open.length > 0) return `<${local}${written(attributes)}>`;
    sized(attributes, this.natural, this.wanted);
    return `<${local} xmlns="${svgNamespace}" xmlns:xlink="${xlinkNamespace}"${written(attributes)}>`;
  }

  characters(text: string): void {
    const inside = this.open.at(-1);
    if (inside === undefined || inside.fate === 'dropped') return;
    if (inside.name === 'style') this.css += text;
    else this.out.push(escaped(text));
  }

  /** A style sheet is judged whole: its pieces could hide what they come to. */
  private takeCss(): string {
    const css = cleanCss(this.css);
    this.css = '';
    return css;
  }

  end(): void {
    const closed = this.open.pop();
    if (closed?.fate === 'kept' && closed.name === 'style') this.out.push(escaped(this.takeCss()));
    if (closed?.fate === 'kept') this.out.push(`</${closed.name}>`);
  }
}

/**
 * An SVG that browsers can be given: no scripts, handlers or foreign elements, and nothing that leads outside.
 * @throws Problem `corrupt_image` when it is not well-formed XML.
 */
export async function cleanSvg(svg: Buffer, natural: Size, wanted: Size): Promise<Buffer> {
  const cleaner = new Cleaner(natural, wanted);
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', (tag) => cleaner.start(tag));
  parser.on('text', (text) => cleaner.characters(text));
  parser.on('cdata', (text) => cleaner.characters(text));
  parser.on('closetag', () => cleaner.end());
  const text = svg.toString('utf8').replace(/^\ufeff/, '');
  try {
    await feed(parser, text);
  } catch (cause) {
    throw new Problem('corrupt_image', `SVG is not well-formed: ${(cause as Error).message}`, { cause });
  }
  if (cleaner.text.trim() === '')
    throw new Problem('corrupt_image', 'SVG has no svg element of its namespace');
  return Buffer.from(cleaner.text);
}
