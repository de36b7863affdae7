import { effectNames, effectsFollow, hasPlaced, joinEffects } from '../effects/index.ts';
import type { Box, Size } from './geometry.ts';
import { compose, isUpright, laid, laidBox, type Orientation, upright } from './orientation.ts';
import { sizeAfter, type Transform } from './transform.ts';

const geometry = ['region', 'resize', 'crop', 'pad'] as const;

const none = (t: Transform, keys: readonly (keyof Transform)[]): boolean =>
  keys.every((key) => t[key] === undefined);
const turns = (t: Transform): boolean => t.orientation !== undefined && !isUpright(t.orientation);
const isSmart = ({ crop }: Transform): boolean => crop !== undefined && 'smart' in crop;
const boxOf = ({ crop }: Transform): Box | undefined => (crop && !('smart' in crop) ? crop : undefined);
const withoutTurn = ({ orientation: _, ...rest }: Transform): Transform => rest;

const noLarger = (b: Size | undefined, a: Size | undefined): boolean =>
  b !== undefined && a !== undefined && b.width <= a.width && b.height <= a.height;

const within = (outer: Box, inner: Box): Box => ({
  ...inner,
  left: outer.left + inner.left,
  top: outer.top + inner.top,
});

/** `a` on the picture turned by `orientation` first, instead of last. Overlays and smart crops cannot be. */
export function laidFirst(a: Transform, orientation: Orientation, stored: Size): Transform {
  const before = laid(stored, a.orientation ?? upright);
  const scaled = a.resize ?? a.region ?? before;
  const box = boxOf(a);
  return {
    ...a,
    orientation: compose(a.orientation ?? upright, orientation),
    ...(a.region ? { region: laidBox(a.region, before, orientation) } : {}),
    ...(a.resize ? { resize: laid(a.resize, orientation) } : {}),
    ...(box ? { crop: laidBox(box, scaled, orientation) } : {}),
    ...(a.pad ? { pad: laidCanvas(a.pad, box ?? scaled, orientation) } : {}),
  };
}

/** A canvas says where the picture lies on it. */
function laidCanvas(pad: Box, { width, height }: Size, orientation: Orientation): Box {
  const { left, top } = laidBox({ left: pad.left, top: pad.top, width, height }, pad, orientation);
  return { left, top, ...laid(pad, orientation) };
}

/** What two transforms are as one; undefined where this rule does not apply. `stored`: the size before `a`. */
type Rule = (a: Transform, b: Transform, stored: Size) => Transform | undefined;

/** Nothing but a turn before: turn, then the rest. */
const turnBefore: Rule = (a, b) =>
  none(a, [...geometry, ...effectNames])
    ? { ...b, orientation: compose(a.orientation ?? upright, b.orientation ?? upright) }
    : undefined;

/** A turn after: the same turn first. */
const turnAfter: Rule = (a, b, stored) => {
  if (!turns(b) || isSmart(a) || hasPlaced(a)) return undefined;
  return mergedPair(laidFirst(a, b.orientation ?? upright, stored), withoutTurn(b), stored);
};

/** Nothing but effects after. */
const effectsAfter: Rule = (a, b) => {
  if (turns(b) || !none(b, geometry) || !effectsFollow(a, b)) return undefined;
  return { ...a, ...withoutTurn(b), ...joinEffects(a, b) };
};

/** A resize, then a smaller one: from the original pixels it is sharper and says the same. */
const resizeAfterResize: Rule = (a, b) =>
  !turns(b) &&
  none(a, ['crop', 'pad', ...effectNames]) &&
  !(a.nearest || b.nearest || b.region || isSmart(b)) &&
  noLarger(b.resize, a.resize)
    ? { ...a, ...withoutTurn(b) }
    : undefined;

/** A resize, then a crop or padding of it. */
const cropAfterResize: Rule = (a, b) =>
  !turns(b) && none(a, ['crop', 'pad', ...effectNames]) && none(b, ['region', 'resize']) && !isSmart(b)
    ? { ...a, ...withoutTurn(b) }
    : undefined;

/** A crop of a crop is one. */
const cropAfterCrop: Rule = (a, b) => {
  const [outer, inner] = [boxOf(a), boxOf(b)];
  if (turns(b) || !none(a, ['pad', ...effectNames]) || !none(b, ['region', 'resize'])) return undefined;
  return outer && inner ? { ...a, ...withoutTurn(b), crop: within(outer, inner) } : undefined;
};

/** A crop of the original pixels, then a resize of that part. */
const resizeAfterCrop: Rule = (a, b) => {
  const box = boxOf(a);
  if (turns(b) || !none(a, ['region', 'resize', 'pad', ...effectNames]) || b.region) return undefined;
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

function mergedPair(a: Transform, b: Transform, stored: Size): Transform | undefined {
  for (const rule of rules) {
    const merged = rule(a, b, stored);
    if (merged) return merged;
  }
  return undefined;
}

/**
 * As few passes over a picture of `stored` size as the meaning of the transforms allows.
 * A pass gives what the transforms would one by one, or better: never a detail less.
 */
export function merge(stored: Size, transforms: readonly Transform[]): readonly Transform[] {
  const passes: Transform[] = [];
  let before = stored;
  for (const next of transforms) {
    const last = passes.at(-1);
    const merged = last && mergedPair(last, next, before);
    if (merged) passes.pop();
    else if (last) before = sizeAfter(before, last);
    passes.push(merged ?? next);
  }
  return passes;
}
