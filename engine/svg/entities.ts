import { byWord } from '../../common/by_word.ts';
import { Problem } from '../../common/problem.ts';

/** Drawing programs declare fewer: namespaces, colours, a few words. */
const maxEntities = 200;
const maxCharacters = 2_000;

const comment = /<!--[\s\S]*?(?:-->|$)/g;
const declarations = /<!ENTITY\s[^"'<>]*(?:"[^"]*"|'[^']*')?[^<>]*>?/g;
const plainText = /^<!ENTITY\s+([\w:][\w:.-]*)\s+(?:"([^"]*)"|'([^']*)')\s*>$/;
const reference = /&(#x?[\da-f]+|[\w:][\w:.-]*);/gi;
const predefined = byWord({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" });

const entityProblem = (what: string): Problem =>
  new Problem(
    'corrupt_image',
    `SVG document type: expected entities of plain text, got ${what}; save the drawing without a DTD`,
  );

function character(code: string): string {
  const value = /^#x/i.test(code) ? Number.parseInt(code.slice(2), 16) : Number(code.slice(1));
  return value > 0 && value <= 0x10ffff ? String.fromCodePoint(value) : '';
}

/** The text of a declaration, which may refer to entities that were declared before. */
function textOf(raw: string, known: ReadonlyMap<string, string>): string {
  const text = raw.replace(reference, (whole, name: string) =>
    name.startsWith('#') ? character(name) : (known.get(name) ?? predefined.get(name) ?? whole),
  );
  if (/[<&]/.test(text)) throw entityProblem('one with markup');
  if (text.length > maxCharacters) throw entityProblem(`one of more than ${maxCharacters} characters`);
  return text;
}

/**
 * The entities of the internal subset of a document type.
 * @throws Problem `corrupt_image` for external entities, entities with markup, and too many or too long ones.
 */
export function entitiesOf(doctype: string): ReadonlyMap<string, string> {
  const subset = doctype.slice(Math.max(0, doctype.indexOf('['))).replace(comment, ' ');
  const known = new Map<string, string>();
  const found = subset.match(declarations) ?? [];
  if (found.length > maxEntities) throw entityProblem(`more than ${maxEntities}`);
  if (/%\s*[\w:]/.test(subset.replace(/"[^"]*"|'[^']*'/g, ''))) throw entityProblem('a parameter entity');
  for (const declaration of found) {
    const [, name, double, single] = plainText.exec(declaration) ?? [];
    if (name === undefined) throw entityProblem('one from outside the document');
    // The first declaration of a name counts (XML 1.0, 4.2).
    if (!known.has(name)) known.set(name, textOf(double ?? single ?? '', known));
  }
  return known;
}

/** The number of characters that all references of a text expand to. */
export const expandedLength = (text: string, entities: ReadonlyMap<string, string>): number =>
  entities.size === 0
    ? 0
    : [...text.matchAll(reference)].reduce(
        (sum, [, name = '']) => sum + (entities.get(name)?.length ?? 0),
        0,
      );
