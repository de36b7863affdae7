import { isDeepStrictEqual } from 'node:util';
import { alphaAfter, type EffectIn, effectsIn, hasEffects } from '../effects/index.ts';
import { clashInScale, clashWithOpacity, type SharpStep, sharpFollows } from '../effects/sharp_order.ts';
import type { Size } from './geometry.ts';
import { geometryOf, sizeAfter, type Transform } from './transform.ts';

/** A pass that is being put together: what it has so far, and the steps of sharp that this takes. */
interface Draft {
  readonly transform: Transform;
  readonly steps: readonly SharpStep[];
  readonly changesColours: boolean;
}

/** The picture before a pass. */
interface Before extends Size {
  /** Whether it may have transparent pixels. */
  readonly alpha: boolean;
}

/** After a crop sharp cannot extend in the same pipeline: it would tell the size of the crop as that of the output. */
const draftOf = (transform: Transform): Draft => ({
  transform,
  steps: [
    ...(transform.resize ? ['resize' as const] : []),
    ...(transform.pad || transform.crop ? ['extend' as const] : []),
  ],
  changesColours: false,
});

/** The steps that must come after those of the draft. Without effects, a colour may be in place before the geometry. */
function stepsAfter({ transform }: Draft, steps: readonly SharpStep[]): readonly SharpStep[] {
  return hasEffects(transform) ? steps : steps.filter((step) => step !== 'flatten');
}

/** Whether two effects flatten with different colours; sharp flattens once. */
const flattensTwice = ({ background, padding }: Transform): boolean =>
  background !== undefined && padding?.colour !== undefined && !isDeepStrictEqual(background, padding.colour);

/** Whether sharp can do an effect in the same pipeline as what comes before it. */
function fits(draft: Draft, { name, effect, value }: EffectIn, alpha: boolean): boolean {
  const own = effect.steps ?? [];
  if (name === 'background') return !draft.changesColours;
  if (flattensTwice({ ...draft.transform, [name]: value })) return false;
  if (alpha && clashWithOpacity([...draft.steps, ...own])) return false;
  if (clashInScale(draft.steps, own)) return false;
  return sharpFollows(draft.steps, stepsAfter(draft, own));
}

const withEffect = (
  { transform, steps, changesColours }: Draft,
  { name, effect, value }: EffectIn,
): Draft => ({
  transform: { ...transform, [name]: value },
  steps: [...steps, ...(name === 'background' ? [] : (effect.steps ?? []))],
  changesColours: changesColours || effect.changesColours,
});

/** Whether a draft has no work yet but a turn, which may come before any geometry. */
const onlyTurns = (transform: Transform): boolean =>
  Object.keys(transform).every((key) => key === 'orientation');

/** Splits a pass, so that sharp can do each part in one pipeline. */
function splitPassOf(pass: Transform, picture: Before): readonly Transform[] {
  const done: Transform[] = [];
  let before: Size = picture;
  let draft = draftOf(geometryOf(pass));
  const finish = (next: Transform): void => {
    const { transform } = draft;
    if (onlyTurns(transform)) {
      draft = draftOf({ ...transform, ...next });
      return;
    }
    done.push(transform);
    before = sizeAfter(before, transform);
    draft = draftOf(next);
  };
  for (const one of effectsIn(pass)) {
    const passes = one.effect.passes?.(one.value, sizeAfter(before, draft.transform));
    for (const { geometry, value } of passes ?? []) {
      finish(geometry);
      if (value !== undefined) draft = withEffect(draft, { ...one, value });
    }
    if (passes) continue;
    if (!fits(draft, one, picture.alpha)) finish({});
    draft = withEffect(draft, one);
  }
  return [...done, draft.transform];
}

/** Splits passes over a picture where sharp would do their effects in another order, or not at all. */
export function splitEffects(passes: readonly Transform[], source: Before): readonly Transform[] {
  let before = source;
  return passes.flatMap((pass) => {
    const parts = hasEffects(pass) ? splitPassOf(pass, before) : [pass];
    before = { ...sizeAfter(before, pass), alpha: alphaAfter(before.alpha, pass) };
    return parts;
  });
}
