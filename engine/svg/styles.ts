import { Problem } from '../../common/problem.ts';
import { namedIds, readRules, type SelectorSubject, subjectsOf } from './css.ts';
import { type Element, isElement, isLink } from './parse.ts';

/** References of an element, from its attributes and from rules of style sheets. */
export interface References {
  /** Paint servers, masks, clips, markers and filters by id. */
  readonly ids: readonly string[];
  /** Filter functions of CSS, in order. */
  readonly functions: readonly string[];
}

/** The functions in declarations of `filter`, such as `filter: blur(2px)`. */
const functionsOf = (declarations: string): readonly string[] =>
  declarations.includes('(')
    ? [...declarations.matchAll(/(?:^|[;\s])filter\s*:([^;]*)/gi)]
        .flatMap(([, value = '']) => [...value.matchAll(/([a-z-]+)\(/gi)])
        .map(([, name = '']) => name.toLowerCase())
        .filter((name) => name !== 'url')
    : [];

const referencesIn = (declarations: string): References => ({
  ids: namedIds(declarations),
  functions: functionsOf(declarations),
});

/** Attributes that refer to nothing, although they may contain a `#`. */
const plain = new Set(['id', 'class', 'd', 'points', 'transform']);

/** What a value with an id or with a function has. Most values have neither. */
const mayRefer = /[#\\(]/;

// The parser's records have no prototype: V8 reads their keys four times as fast as their entries.
const attributeReferences = ({ attributes }: Element): readonly References[] =>
  Object.keys(attributes)
    .filter((name) => !plain.has(name) && !isLink(name) && mayRefer.test(attributes[name] ?? ''))
    .map((name) => referencesIn(`${name === 'filter' ? 'filter:' : ''}${attributes[name]}`));

const noReferences: References = { ids: [], functions: [] };

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
    if (all.length <= 1) return all[0] ?? noReferences;
    return {
      ids: [...new Set(all.flatMap(({ ids }) => ids))],
      functions: all.flatMap(({ functions }) => functions),
    };
  };
}

/** The ids to which the links of an element refer. */
export const linkedIds = ({ attributes }: Element): readonly string[] =>
  Object.keys(attributes)
    .filter((name) => isLink(name) && attributes[name]?.includes('#'))
    .map((name) => attributes[name]?.split('#').at(-1)?.trim() ?? '');

const effects = ['filter', 'mask', 'clip-path'];
const inherited = /(?:filter|mask|clip-path)\s*:\s*inherit/i;

/** Whether anything in an element inherits filters, masks or clips, which must be requested. */
export const inheritsEffects = (element: Element): boolean =>
  effects.some((name) => element.attributes[name]?.trim() === 'inherit') ||
  inherited.test(element.attributes.style ?? '') ||
  (element.local === 'style' &&
    sheetsOf(element).some((sheet) => inherited.test(sheet.replaceAll(/\/\*[\s\S]*?\*\//g, ' ')))) ||
  element.children.filter(isElement).some(inheritsEffects);
