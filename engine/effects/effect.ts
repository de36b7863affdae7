import type { Colour } from '../../common/colour.ts';
import type { FieldTable, ValuesOf } from '../../common/field.ts';
import type { Sharp } from '../native/sharp.ts';
import type { Layer } from '../pixels/layer.ts';

/** What drawing may need besides the value of an effect. */
export interface Scene {
  /** The overlays as pixels, in order. */
  readonly layers: readonly Layer[];
}

/**
 * One kind of work on pixels, after the geometry: parameters to a value in a Transform, and that value onto a pipeline
 * of sharp. Adding one = one file and one line in the list.
 */
export interface Effect<F extends FieldTable, V> {
  /** Its parameters, which every operation takes. */
  readonly fields: F;
  /** `even`: the same whichever way the picture lies, so that a turn may come before or after. `placed`: not so. */
  readonly kind: 'even' | 'placed';
  /** Whether neighbouring frames of an animation would show in each other. */
  readonly perFrame: boolean;
  /** Its value; undefined where the parameters ask for nothing. @throws Problem `invalid_param`. */
  read(params: ValuesOf<F>): V | undefined;
  /** Two values in turn as one. Without this the second needs a pass of its own. */
  join?(first: V, second: V): V;
  /** The value with its colours changed, where it has any. */
  recolour?(value: V, change: (colour: Colour) => Colour): V;
  draw(image: Sharp, value: V, scene: Scene): Sharp;
  /** A query of `resize` that shows it, where parameters ask for it: for the documentation and the tests. */
  readonly example: keyof F extends never ? null : { readonly query: string; readonly doc: string };
}

/** An effect whose types follow from its fields and its value. */
export const defineEffect = <F extends FieldTable, V>(effect: Effect<F, V>): Effect<F, V> => effect;
