import { Problem } from '../../common/problem.ts';

/** More than drawing programs declare: namespaces, colours, a few words. */
const maxEntities = 200;
const maxCharacters = 2_000;

const comment = /<!--[\s\S]*?(?:-->|$)/g;
const declarations = /<!ENTITY\s[^"'<>]*(?:"[^"]*"|'[^']*')?[^<>]*>?/g;
const plainText = /^<!ENTITY\s+([\w:][\w:.-]*)\s+(?:"([^"]*)"|'([^']*)')\s*>$/;
const reference = /&(#x?[\da-f]+|[\w:][\w:.-]*);/gi;
const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const refused = (what: string): Problem =>
  new Problem(
    'corrupt_image',
    `SVG document type: expected entities of plain text, got ${what}; save the drawing without a DTD`,
  );

function character(code: string): string {
  const value = /^#x/i.test(code) ? Number.parseInt(code.slice(2), 16) : Number(code.slice(1));
  return value > 0 && value <= 0x10ffff ? String.fromCodePoint(value) : '';
}

/** Text of a declaration; it may name entities that were declared before it. */
function textOf(raw: string, known: ReadonlyMap<string, string>): string {
  const text = raw.replace(reference, (whole, name: string) =>
    name.startsWith('#') ? character(name) : (known.get(name) ?? predefined[name] ?? whole),
  );
  if (/[<&]/.test(text)) throw refused('one with markup');
  if (text.length > maxCharacters) throw refused(`one of more than ${maxCharacters} characters`);
  return text;
}

/**
 * The entities that the internal subset of a document type declares.
 * @throws Problem `corrupt_image` for entities that are outside the document, have markup, or are too many or too long.
 */
export function entitiesOf(doctype: string): ReadonlyMap<string, string> {
  const subset = doctype.slice(Math.max(0, doctype.indexOf('['))).replace(comment, ' ');
  const known = new Map<string, string>();
  const found = subset.match(declarations) ?? [];
  if (found.length > maxEntities) throw refused(`more than ${maxEntities}`);
  if (/%\s*[\w:]/.test(subset.replace(/"[^"]*"|'[^']*'/g, ''))) throw refused('a parameter entity');
  for (const declaration of found) {
    const [, name, double, single] = plainText.exec(declaration) ?? [];
    if (name === undefined) throw refused('one from outside the document');
    // The first declaration of a name counts (XML 1.0, 4.2).
    if (!known.has(name)) known.set(name, textOf(double ?? single ?? '', known));
  }
  return known;
}

/** How many characters the references of a text to these entities come to. */
export const expandedLength = (text: string, entities: ReadonlyMap<string, string>): number =>
  entities.size === 0
    ? 0
    : [...text.matchAll(reference)].reduce(
        (sum, [, name = '']) => sum + (entities.get(name)?.length ?? 0),
        0,
      );
