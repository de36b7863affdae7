import type { Colour } from '../../common/colour.ts';
import { countsAsAbsent, expectation, type FieldTable, isInRange } from '../../common/field.ts';
import { Problem } from '../../common/problem.ts';
import type { Sharp } from '../native/sharp.ts';
import { background } from './background.ts';
import { blur } from './blur.ts';
import type { Effect, Scene } from './effect.ts';
import { gamma } from './gamma.ts';
import { grey } from './grey.ts';
import { overlays } from './overlays.ts';
import { sharpen } from './sharpen.ts';

/**
 * Every effect under its name in a Transform, in the order of work: after the geometry (see `../pixels/render.ts`),
 * first to last.
 */
export const effects = { blur, sharpen, overlays, background, gamma, grey };

type Effects = typeof effects;
export type EffectName = keyof Effects;

/** The part of a Transform that effects have. */
export type EffectValues = {
  readonly [K in EffectName]?: Effects[K] extends Effect<infer _F extends FieldTable, infer V> ? V : never;
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

/** The effects that a transform has, with their values. */
const effectsIn = (values: EffectValues) =>
  list.flatMap(([name, effect]) =>
    values[name] === undefined ? [] : [{ name, effect, value: values[name] }],
  );

/** Whether a parameter requests work. @throws Problem `invalid_param` for a number outside of its range. */
function requestsWork(name: string, value: unknown): boolean {
  const fields: FieldTable = effectFields;
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined || typeof value !== 'number') return field !== undefined;
  if (value === field.neutral || countsAsAbsent(value, field)) return false;
  if (isInRange(value, field)) return true;
  throw new Problem('invalid_param', `${name}: expected ${expectation(field)}, got ${value}`);
}

/** Reads the effects from parameters. @throws Problem `invalid_param`. */
export function readEffects(params: object): EffectValues {
  const own = Object.fromEntries(Object.entries(params).filter(([name, value]) => requestsWork(name, value)));
  const values = list.map(([name, effect]) => [name, effect.read(own)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** Puts the effects of a transform on a pipeline of sharp. */
export const drawEffects = (image: Sharp, values: EffectValues, scene: Scene): Sharp =>
  effectsIn(values).reduce((drawn, { effect, value }) => effect.draw(drawn, value, scene), image);

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

/** Whether an effect of a transform has colours of its own. */
export const hasColours = (values: EffectValues): boolean =>
  effectsIn(values).some(({ effect }) => effect.recolour !== undefined);

/** Changes all colours of the effects of a transform. */
export const recolourEffects = (values: EffectValues, change: (colour: Colour) => Colour): EffectValues =>
  Object.fromEntries(
    effectsIn(values).map(({ name, effect, value }) => [name, effect.recolour?.(value, change) ?? value]),
  );
