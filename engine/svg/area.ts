import { type Element, isElement } from './parse.ts';
import { frameOf, rootSize } from './size.ts';
import { sheetsOf } from './styles.ts';

/** The share of a drawing, from 0 to 1, on which a filter works when an element uses it. */
export type ShareOf = (element: Element, filter: Element) => number;

const number = /^\s*\+?(\d+\.?\d*|\.\d+)(?:px)?\s*$/;
const plain = (text: string | undefined): number => Number(number.exec(text ?? '')?.[1] ?? Number.NaN);

/** A side of a filter's region, as a multiple of its element's side. */
function fraction(text = '120%'): number {
  return text.trim().endsWith('%') ? plain(text.trim().slice(0, -1)) / 100 : plain(text);
}

/** Width and height of a simple shape; NaN if they are not plain numbers. */
function sidesOf({ local, attributes }: Element): readonly [number, number] {
  const side = (name: string): number => plain(attributes[name]);
  if (local === 'rect' || local === 'image') return [side('width'), side('height')];
  if (local === 'circle') return [2 * side('r'), 2 * side('r')];
  if (local === 'ellipse') return [2 * side('rx'), 2 * side('ry')];
  return [Number.NaN, Number.NaN];
}

function regionOf(element: Element, { attributes }: Element): number {
  const { width, height, filterUnits = 'objectBoundingBox' } = attributes;
  if (filterUnits === 'userSpaceOnUse') return plain(width) * plain(height);
  const [across, down] = sidesOf(element);
  return filterUnits === 'objectBoundingBox'
    ? across * fraction(width) * down * fraction(height)
    : Number.NaN;
}

const scaling = /scale|matrix|skew|rotate|zoom/i;
const sizing = /(?:^|[^-\w])(?:width|height|rx?|ry|transform|scale|zoom)\s*:/i;

/** Attributes that may change the length of a unit within an element. */
const unitAttributes = ['patternContentUnits', 'patternTransform', 'maskContentUnits', 'clipPathUnits'];
const hasOwnUnit = ({ local, attributes }: Element): boolean =>
  local === 'marker' || local.startsWith('animate') || unitAttributes.some((name) => name in attributes);

/** Whether a unit has the same length in the whole drawing, and attributes alone give sizes. */
const isEven = (element: Element, isRoot = true): boolean =>
  (isRoot || element.attributes.viewBox === undefined) &&
  !scaling.test(element.attributes.transform ?? '') &&
  !(isRoot ? scaling : sizing).test(element.attributes.style ?? '') &&
  !hasOwnUnit(element) &&
  element.children.filter(isElement).every((child) => isEven(child, false));

/** Whether no style sheet and no part of a drawing changes the length of a unit. */
const hasOneUnit = (root: Element): boolean =>
  isEven(root) && !sheetsOf(root).some((sheet) => /\\/.test(sheet) || sizing.test(sheet));

/** The area of a square unit as a share of the drawing; NaN if there is no such unit. */
function unitShare(root: Element): number {
  const size = rootSize(root);
  if (size.viewBox && size.viewBox.width * size.viewBox.height === 0) return Number.NaN;
  const frame = frameOf(size);
  if (frame === undefined || !hasOneUnit(root)) return Number.NaN;
  const { width, height, viewBox } = frame;
  return Math.max(width / viewBox.width, height / viewBox.height) ** 2 / (width * height);
}

/** Computes shares from the size of simple shapes; for anything else, the share is the whole drawing. */
export function createShares(root: Element): ShareOf {
  let unit: number | undefined;
  return (element, filter) => {
    unit ??= unitShare(root);
    const share = unit > 0 ? regionOf(element, filter) * unit : 1;
    return share >= 0 && share < 1 ? share : 1;
  };
}
