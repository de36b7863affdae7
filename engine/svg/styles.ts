import { Problem } from '../../common/problem.ts';
import { namedIds, readRules, type Subject, subjectsOf } from './css.ts';
import { type Element, isElement, localName } from './parse.ts';

/** What attributes and rules ask for beside an element itself. */
export interface Wishes {
  /** Paint servers, masks, clips, markers and filters by id. */
  readonly ids: readonly string[];
  /** Filters that are functions of CSS, in their order. */
  readonly functions: readonly string[];
}

/** Functions that a declaration of `filter` names: `filter: blur(2px)`. */
const functionsOf = (declarations: string): readonly string[] =>
  [...declarations.matchAll(/(?:^|[;\s])filter\s*:([^;]*)/gi)]
    .flatMap(([, value = '']) => [...value.matchAll(/([a-z-]+)\(/gi)])
    .map(([, name = '']) => name.toLowerCase())
    .filter((name) => name !== 'url');

const wishesIn = (declarations: string): Wishes => ({
  ids: namedIds(declarations),
  functions: functionsOf(declarations),
});

/** Attributes that name nothing and may have a `#`. */
const plain = new Set(['id', 'class', 'd', 'points', 'transform']);

const attributeWishes = ({ attributes }: Element): readonly Wishes[] =>
  Object.entries(attributes)
    .filter(([name]) => !plain.has(name) && localName(name) !== 'href')
    .map(([name, value]) => wishesIn(name === 'filter' ? `filter:${value}` : value));

interface Entry {
  readonly subject: Subject;
  readonly wishes: Wishes;
}

/** By what an element must have: an id, else a class, else a type. */
const keyOf = ({ ids: [id], classes: [name], type }: Subject): string => {
  if (id !== undefined) return `#${id}`;
  return name === undefined ? (type ?? '*') : `.${name}`;
};

function entriesOf(sheets: readonly string[]): ReadonlyMap<string, readonly Entry[]> {
  const entries = new Map<string, Entry[]>();
  for (const { selector, declarations } of sheets.flatMap(readRules)) {
    const wishes = wishesIn(declarations);
    if (wishes.ids.length + wishes.functions.length === 0) continue;
    for (const subject of subjectsOf(selector)) {
      const key = keyOf(subject);
      const same = entries.get(key);
      if (same) same.push({ subject, wishes });
      else entries.set(key, [{ subject, wishes }]);
    }
  }
  return entries;
}

function isMatch(
  { type, ids, classes }: Subject,
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

/** Rules looked at for all elements together. */
const maxLooks = 1_000_000;

/**
 * A reader of what each element of a drawing asks for, by its attributes and by the rules that may match it.
 * @throws Problem `corrupt_image` when there are too many rules for so many elements.
 */
export function createWishes(root: Element): (element: Element) => Wishes {
  const entries = entriesOf(sheetsOf(root));
  let looks = 0;
  const matching = (element: Element): readonly Wishes[] => {
    if (entries.size === 0) return [];
    const classes = (element.attributes.class ?? '').split(/\s+/).filter(Boolean);
    const keys = [
      `#${element.attributes.id ?? ''}`,
      ...classes.map((name) => `.${name}`),
      element.local.toLowerCase(),
      '*',
    ];
    const found = [...new Set(keys)].flatMap((key) => entries.get(key) ?? []);
    looks += found.length;
    if (looks > maxLooks)
      throw new Problem('corrupt_image', 'SVG has too many rules in its style sheets for its elements');
    return found.filter(({ subject }) => isMatch(subject, element, classes)).map(({ wishes }) => wishes);
  };
  return (element) => {
    const all = [...attributeWishes(element), ...matching(element)];
    return {
      ids: [...new Set(all.flatMap(({ ids }) => ids))],
      functions: all.flatMap(({ functions }) => functions),
    };
  };
}

/** The ids that an element's links name. */
export const linkedIds = ({ attributes }: Element): readonly string[] =>
  Object.entries(attributes)
    .filter(([name, value]) => localName(name) === 'href' && value.includes('#'))
    .map(([, value]) => value.slice(value.lastIndexOf('#') + 1).trim());

const inherited = /(?:filter|mask|clip-path)\s*:\s*inherit/i;

/** Whether filters, masks or clips pass on to what is inside an element, which they do only where told. */
export const passesOn = (element: Element): boolean =>
  ['filter', 'mask', 'clip-path'].some((name) => element.attributes[name]?.trim() === 'inherit') ||
  inherited.test(element.attributes.style ?? '') ||
  (element.local === 'style' &&
    sheetsOf(element).some((sheet) => inherited.test(sheet.replaceAll(/\/\*[\s\S]*?\*\//g, ' ')))) ||
  element.children.filter(isElement).some(passesOn);
