import { effectNames, effectsFollow, hasPlaced, joinEffects } from '../effects/index.ts';
import type { Box, Size } from './geometry.ts';
import { compose, isUpright, type Orientation, orientBox, orientedSize, upright } from './orientation.ts';
import { sizeAfter, type Transform } from './transform.ts';

const geometry = ['region', 'resize', 'crop', 'pad'] as const;

const hasNone = (t: Transform, keys: readonly (keyof Transform)[]): boolean =>
  keys.every((key) => t[key] === undefined);
const hasTurn = (t: Transform): boolean => t.orientation !== undefined && !isUpright(t.orientation);
const isSmart = ({ crop }: Transform): boolean => crop !== undefined && 'smart' in crop;
const boxOf = ({ crop }: Transform): Box | undefined => (crop && !('smart' in crop) ? crop : undefined);
const isNearest = ({ kernel }: Transform): boolean => kernel === 'nearest';
const withoutTurn = ({ orientation: _, ...rest }: Transform): Transform => rest;

const isNoLarger = (b: Size | undefined, a: Size | undefined): boolean =>
  b !== undefined && a !== undefined && b.width <= a.width && b.height <= a.height;

const nestBox = (outer: Box, inner: Box): Box => ({
  ...inner,
  left: outer.left + inner.left,
  top: outer.top + inner.top,
});

/** Moves a turn that follows a transform to its front. Overlays and smart crops do not allow it. */
export function turnFirst(a: Transform, orientation: Orientation, stored: Size): Transform {
  const before = orientedSize(stored, a.orientation ?? upright);
  const scaled = a.resize ?? a.region ?? before;
  const box = boxOf(a);
  return {
    ...a,
    orientation: compose(a.orientation ?? upright, orientation),
    ...(a.region ? { region: orientBox(a.region, before, orientation) } : {}),
    ...(a.resize ? { resize: orientedSize(a.resize, orientation) } : {}),
    ...(box ? { crop: orientBox(box, scaled, orientation) } : {}),
    ...(a.pad ? { pad: orientCanvas(a.pad, box ?? scaled, orientation) } : {}),
  };
}

/** A canvas, whose left and top are the position of the picture on it, after an orientation is applied. */
function orientCanvas(pad: Box, { width, height }: Size, orientation: Orientation): Box {
  const { left, top } = orientBox({ left: pad.left, top: pad.top, width, height }, pad, orientation);
  return { left, top, ...orientedSize(pad, orientation) };
}

/** Merges two transforms into one; undefined where the rule does not apply. `stored`: the size before `a`. */
type Rule = (a: Transform, b: Transform, stored: Size) => Transform | undefined;

/** A turn alone, then anything: one pass turns first. */
const turnBefore: Rule = (a, b) =>
  hasNone(a, [...geometry, ...effectNames])
    ? { ...b, orientation: compose(a.orientation ?? upright, b.orientation ?? upright) }
    : undefined;

/** Anything, then a turn: the turn moves to the front. */
const turnAfter: Rule = (a, b, stored) => {
  if (!hasTurn(b) || isSmart(a) || hasPlaced(a)) return undefined;
  return mergePair(turnFirst(a, b.orientation ?? upright, stored), withoutTurn(b), stored);
};

/** Anything, then effects alone. */
const effectsAfter: Rule = (a, b) => {
  if (hasTurn(b) || !hasNone(b, geometry) || !effectsFollow(a, b)) return undefined;
  return { ...a, ...withoutTurn(b), ...joinEffects(a, b) };
};

/** A resize, then a smaller one: the second alone gives the same picture, and a sharper one. */
const resizeAfterResize: Rule = (a, b) =>
  !hasTurn(b) &&
  hasNone(a, ['crop', 'pad', ...effectNames]) &&
  !(isNearest(a) || isNearest(b) || b.region || isSmart(b)) &&
  isNoLarger(b.resize, a.resize)
    ? { ...a, ...withoutTurn(b) }
    : undefined;

/** A resize, then a crop or padding of it. */
const cropAfterResize: Rule = (a, b) =>
  !hasTurn(b) &&
  hasNone(a, ['crop', 'pad', ...effectNames]) &&
  hasNone(b, ['region', 'resize']) &&
  !isSmart(b)
    ? { ...a, ...withoutTurn(b) }
    : undefined;

/** A crop of a crop is one. */
const cropAfterCrop: Rule = (a, b) => {
  const [outer, inner] = [boxOf(a), boxOf(b)];
  if (hasTurn(b) || !hasNone(a, ['pad', ...effectNames]) || !hasNone(b, ['region', 'resize']))
    return undefined;
  return outer && inner ? { ...a, ...withoutTurn(b), crop: nestBox(outer, inner) } : undefined;
};

/** A crop of the original pixels, then a resize of that part. */
const resizeAfterCrop: Rule = (a, b) => {
  const box = boxOf(a);
  if (hasTurn(b) || !hasNone(a, ['region', 'resize', 'pad', ...effectNames]) || b.region) return undefined;
  return box && { ...withoutTurn(b), ...(a.orientation ? { orientation: a.orientation } : {}), region: box };
};

const rules: readonly Rule[] = [
  turnBefore,
  turnAfter,
  effectsAfter,
  resizeAfterResize,
  cropAfterResize,
  cropAfterCrop,
  resizeAfterCrop,
];

function mergePair(a: Transform, b: Transform, stored: Size): Transform | undefined {
  for (const rule of rules) {
    const merged = rule(a, b, stored);
    if (merged) return merged;
  }
  return undefined;
}

/**
 * Merges transforms of a picture of `stored` size into as few passes as possible.
 * A pass gives what its transforms would give one by one, or better: it never loses detail.
 */
export function merge(stored: Size, transforms: readonly Transform[]): readonly Transform[] {
  const passes: Transform[] = [];
  let before = stored;
  for (const next of transforms) {
    const last = passes.at(-1);
    const merged = last && mergePair(last, next, before);
    if (merged) passes.pop();
    else if (last) before = sizeAfter(before, last);
    passes.push(merged ?? next);
  }
  return passes;
}
