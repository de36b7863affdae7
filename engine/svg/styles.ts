import { Problem } from '../../common/problem.ts';
import { namedIds, readRules, type SelectorSubject, subjectsOf } from './css.ts';
import { type Element, isElement, localName } from './parse.ts';

/** References of an element, from its attributes and from rules of style sheets. */
export interface References {
  /** Paint servers, masks, clips, markers and filters by id. */
  readonly ids: readonly string[];
  /** Filter functions of CSS, in order. */
  readonly functions: readonly string[];
}

/** The functions in declarations of `filter`, such as `filter: blur(2px)`. */
const functionsOf = (declarations: string): readonly string[] =>
  [...declarations.matchAll(/(?:^|[;\s])filter\s*:([^;]*)/gi)]
    .flatMap(([, value = '']) => [...value.matchAll(/([a-z-]+)\(/gi)])
    .map(([, name = '']) => name.toLowerCase())
    .filter((name) => name !== 'url');

const referencesIn = (declarations: string): References => ({
  ids: namedIds(declarations),
  functions: functionsOf(declarations),
});

/** Attributes that refer to nothing, although they may contain a `#`. */
const plain = new Set(['id', 'class', 'd', 'points', 'transform']);

const attributeReferences = ({ attributes }: Element): readonly References[] =>
  Object.entries(attributes)
    .filter(([name]) => !plain.has(name) && localName(name) !== 'href')
    .map(([name, value]) => referencesIn(name === 'filter' ? `filter:${value}` : value));

interface Entry {
  readonly subject: SelectorSubject;
  readonly references: References;
}

/** The index key of a subject: its id, otherwise its class, otherwise its type. */
const subjectKey = ({ ids: [id], classes: [name], type }: SelectorSubject): string => {
  if (id !== undefined) return `#${id}`;
  return name === undefined ? (type ?? '*') : `.${name}`;
};

function entriesOf(sheets: readonly string[]): ReadonlyMap<string, readonly Entry[]> {
  const entries = new Map<string, Entry[]>();
  for (const { selector, declarations } of sheets.flatMap(readRules)) {
    const references = referencesIn(declarations);
    if (references.ids.length + references.functions.length === 0) continue;
    for (const subject of subjectsOf(selector)) {
      const key = subjectKey(subject);
      const same = entries.get(key);
      if (same) same.push({ subject, references });
      else entries.set(key, [{ subject, references }]);
    }
  }
  return entries;
}

function isMatch(
  { type, ids, classes }: SelectorSubject,
  { local, attributes: { id } }: Element,
  own: readonly string[],
) {
  return (
    (type === undefined || type === local.toLowerCase()) &&
    ids.every((one) => one === id) &&
    classes.every((one) => own.includes(one))
  );
}

/** The texts of all style sheets of a drawing. */
export const sheetsOf = (element: Element): readonly string[] =>
  element.local === 'style'
    ? [element.children.filter((child) => !isElement(child)).join('')]
    : element.children.filter(isElement).flatMap(sheetsOf);

/** Most comparisons of rules with elements. */
const maxComparisons = 1_000_000;

/**
 * Reads the references of each element of a drawing, from its attributes and from the rules that may match it.
 * @throws Problem `corrupt_image` if there are too many rules for that many elements.
 */
export function createReferenceReader(root: Element): (element: Element) => References {
  const entries = entriesOf(sheetsOf(root));
  let comparisons = 0;
  const matching = (element: Element): readonly References[] => {
    if (entries.size === 0) return [];
    const classes = (element.attributes.class ?? '').split(/\s+/).filter(Boolean);
    const keys = [
      `#${element.attributes.id ?? ''}`,
      ...classes.map((name) => `.${name}`),
      element.local.toLowerCase(),
      '*',
    ];
    const found = [...new Set(keys)].flatMap((key) => entries.get(key) ?? []);
    comparisons += found.length;
    if (comparisons > maxComparisons)
      throw new Problem('corrupt_image', 'SVG has too many rules in its style sheets for its elements');
    return found
      .filter(({ subject }) => isMatch(subject, element, classes))
      .map(({ references }) => references);
  };
  return (element) => {
    const all = [...attributeReferences(element), ...matching(element)];
    return {
      ids: [...new Set(all.flatMap(({ ids }) => ids))],
      functions: all.flatMap(({ functions }) => functions),
    };
  };
}

/** The ids to which the links of an element refer. */
export const linkedIds = ({ attributes }: Element): readonly string[] =>
  Object.entries(attributes)
    .filter(([name, value]) => localName(name) === 'href' && value.includes('#'))
    .map(([, value]) => value.slice(value.lastIndexOf('#') + 1).trim());

const inherited = /(?:filter|mask|clip-path)\s*:\s*inherit/i;

/** Whether anything in an element inherits filters, masks or clips, which must be requested. */
export const inheritsEffects = (element: Element): boolean =>
  ['filter', 'mask', 'clip-path'].some((name) => element.attributes[name]?.trim() === 'inherit') ||
  inherited.test(element.attributes.style ?? '') ||
  (element.local === 'style' &&
    sheetsOf(element).some((sheet) => inherited.test(sheet.replaceAll(/\/\*[\s\S]*?\*\//g, ' ')))) ||
  element.children.filter(isElement).some(inheritsEffects);
