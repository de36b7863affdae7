import type { Colour } from '../../common/colour.ts';
import {
  countsAsAbsent,
  expectation,
  type Field,
  type FieldTable,
  isInRange,
} from '../../common/fields/field.ts';
import { Problem } from '../../common/problem.ts';
import type { Sharp } from '../native/sharp.ts';
import type { Size } from '../transform/geometry.ts';
import { background } from './background.ts';
import { blur } from './blur.ts';
import { contrast } from './contrast.ts';
import { duotone } from './duotone.ts';
import type { Effect, Scene } from './effect.ts';
import { gamma } from './gamma.ts';
import { grey } from './grey.ts';
import { median } from './median.ts';
import { modulate } from './modulate.ts';
import { negate } from './negate.ts';
import { normalise } from './normalise.ts';
import { overlays } from './overlays.ts';
import { padding } from './padding.ts';
import { pixelate } from './pixelate.ts';
import { radius } from './radius.ts';
import { sepia } from './sepia.ts';
import { sharpen } from './sharpen.ts';
import { threshold } from './threshold.ts';
import { tint } from './tint.ts';

/**
 * Every effect under its name in a Transform, in the order of work: after the geometry (see `../pixels/render.ts`),
 * first to last. The picture itself comes first: its faults, its light, its colours. Then come what is drawn over and
 * under it, its grey, and its frame.
 */
export const effects = {
  median,
  normalise,
  blur,
  modulate,
  sharpen,
  contrast,
  sepia,
  tint,
  duotone,
  threshold,
  negate,
  pixelate,
  overlays,
  background,
  gamma,
  grey,
  radius,
  padding,
};

type Effects = typeof effects;
export type EffectName = keyof Effects;

/** The part of a Transform that effects have. */
export type EffectValues = {
  readonly [K in EffectName]?: Exclude<ReturnType<Effects[K]['read']>, undefined>;
};

/** The intersection of the members of a union. */
type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never;

/** The parameters of all effects. */
export const effectFields = Object.assign(
  {},
  ...Object.values(effects).map(({ fields }) => fields),
) as Intersection<Effects[EffectName]['fields']>;

/** The effects as a list. */
const list = Object.entries(effects) as unknown as readonly (readonly [
  EffectName,
  Effect<FieldTable, unknown>,
])[];

/** The effects that parameters ask for: their parameters, and a query of `resize` that shows them. */
export const effectList = list.flatMap(([name, { fields, example }]) =>
  example === null ? [] : [{ name, fields: Object.keys(fields), example }],
);

/** The names of the effects of a transform, in the order of work. */
export const effectNames = Object.keys(effects) as readonly EffectName[];

export const isEffect = (name: string): name is EffectName => Object.hasOwn(effects, name);

/** An effect of a transform, with its value. */
export interface EffectIn {
  readonly name: EffectName;
  readonly effect: Effect<FieldTable, unknown>;
  readonly value: unknown;
}

const none: readonly EffectIn[] = [];

/** Whether a transform has effects. */
export function hasEffects(values: EffectValues): boolean {
  for (const name in values) if (isEffect(name) && values[name] !== undefined) return true;
  return false;
}

/** The effects that a transform has, in the order of work. Most have none: then nothing is made. */
export const effectsIn = (values: EffectValues): readonly EffectIn[] =>
  hasEffects(values)
    ? list.flatMap(([name, effect]) =>
        values[name] === undefined ? [] : [{ name, effect, value: values[name] }],
      )
    : none;

const fieldNamed = (name: string): Field | undefined =>
  Object.hasOwn(effectFields, name) ? (effectFields as FieldTable)[name] : undefined;

/** Whether a parameter requests work. @throws Problem `invalid_param` for a number outside of its range. */
function requestsWork(name: string, value: unknown): boolean {
  const field = fieldNamed(name);
  if (field === undefined || value === undefined) return false;
  if (value === field.neutral || countsAsAbsent(value, field)) return false;
  const numbers = [value].flat().filter((one) => typeof one === 'number');
  if (numbers.every((one) => isInRange(one, field))) return true;
  throw new Problem('invalid_param', `${name}: expected ${expectation(field)}, got ${numbers.join(' ')}`);
}

/** Reads the effects from parameters. @throws Problem `invalid_param`. */
export function readEffects(params: object): EffectValues {
  const wanted = Object.entries(params).filter(([name, value]) => requestsWork(name, value));
  if (wanted.length === 0) return {};
  const own = Object.fromEntries(wanted);
  const values = list.map(([name, effect]) => [name, effect.read(own)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** Puts the effects of a transform on a pipeline of sharp. */
export const drawEffects = (image: Sharp, values: EffectValues, scene: Scene): Sharp =>
  effectsIn(values).reduce((drawn, { effect, value }) => effect.draw?.(drawn, value, scene) ?? drawn, image);

/** Whether one pass can do the effects of `a` and then those of `b`. */
export function effectsFollow(a: EffectValues, b: EffectValues): boolean {
  const last = list.findLastIndex(([name]) => a[name] !== undefined);
  const first = list.findIndex(([name]) => b[name] !== undefined);
  return first === -1 || last < first || (last === first && list[first]?.[1].join !== undefined);
}

/** Joins the effects of `a` and `b`, where `b` follows `a`. */
export const joinEffects = (a: EffectValues, b: EffectValues): EffectValues => ({
  ...a,
  ...Object.fromEntries(
    effectsIn(b).map(({ name, effect, value }) => [
      name,
      a[name] === undefined || !effect.join ? value : effect.join(a[name], value),
    ]),
  ),
});

/** Whether an effect of a transform is drawn at a position. */
export const hasPlaced = (values: EffectValues): boolean =>
  effectsIn(values).some(({ effect }) => effect.kind === 'placed');

/** Whether a transform must be done frame by frame. */
export const needsFrames = (values: EffectValues): boolean =>
  effectsIn(values).some(({ effect }) => effect.perFrame);

/** The size of a picture after the effects of a transform. */
export const sizeAfterEffects = (size: Size, values: EffectValues): Size =>
  effectsIn(values).reduce((before, { effect, value }) => effect.sizeAfter?.(before, value) ?? before, size);

/** Whether a picture, with or without transparent pixels, may have some after the effects of a transform. */
export const alphaAfter = (alpha: boolean, values: EffectValues): boolean =>
  effectsIn(values).reduce((before, { effect, value }) => effect.alphaAfter?.(value) ?? before, alpha);

/** Whether the effects of a transform leave eight bits a sample: sharp has no more for a change of channels. */
export const leavesEightBits = (values: EffectValues): boolean =>
  effectsIn(values).some(({ effect }) => effect.steps?.includes('recomb'));

/** Whether a background under the picture before the effects of a transform shows as it does after them. */
export const allowsBackgroundFirst = (values: EffectValues): boolean =>
  effectsIn(values).every(({ effect }) => !effect.changesColours && !effect.alphaAfter);

/** Whether an effect of a transform has colours of its own. */
export const hasColours = (values: EffectValues): boolean =>
  effectsIn(values).some(({ effect }) => effect.recolour !== undefined);

/** Changes all colours of the effects of a transform. */
export const recolourEffects = (values: EffectValues, change: (colour: Colour) => Colour): EffectValues =>
  Object.fromEntries(
    effectsIn(values).map(({ name, effect, value }) => [name, effect.recolour?.(value, change) ?? value]),
  );
