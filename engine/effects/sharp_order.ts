/**
 * The order in which sharp works within one pipeline, whatever the order of calls. Effects that need another order,
 * or the same step twice, are parted into several pipelines (`../transform/split_effects.ts`).
 */
const sharpOrder = [
  'flatten',
  'resize',
  'extend',
  'median',
  'blur',
  'recomb',
  'modulate',
  'sharpen',
  'composite',
  'gamma',
  'linear',
  'normalise',
  'tint',
  'colourspace',
  'negate',
] as const;

export type SharpStep = (typeof sharpOrder)[number];

const placesOf = (steps: readonly SharpStep[]): readonly number[] =>
  steps.map((step) => sharpOrder.indexOf(step));

/** Steps around which sharp multiplies the colours of a picture with opacity by it. */
const premultiplying: readonly SharpStep[] = ['resize', 'blur', 'sharpen'];
/** Steps whose work is wrong on multiplied colours. */
const straight: readonly SharpStep[] = ['modulate'];

/** Whether sharp does some of the steps wrongly together, where the picture has opacity. */
export const clashWithOpacity = (steps: readonly SharpStep[]): boolean =>
  steps.some((step) => premultiplying.includes(step)) && steps.some((step) => straight.includes(step));

/** Steps after which sharp works on floating-point numbers: all channels, or opacity alone. */
const floating: readonly SharpStep[] = ['recomb'];
/** Steps that take the scale of colours from their kind of number. */
const scaled: readonly SharpStep[] = ['gamma', 'negate'];

/** Whether sharp takes the numbers that earlier steps leave for those of another scale in later ones. */
export const clashInScale = (earlier: readonly SharpStep[], later: readonly SharpStep[]): boolean =>
  earlier.some((step) => floating.includes(step)) && later.some((step) => scaled.includes(step));

/** Whether sharp does all of the later steps after all of the earlier ones. */
export const sharpFollows = (earlier: readonly SharpStep[], later: readonly SharpStep[]): boolean =>
  earlier.length === 0 || Math.max(...placesOf(earlier)) < Math.min(...placesOf(later));
