import type { Colour } from '../../common/colour.ts';
import type { FieldTable, ValuesOf } from '../../common/field.ts';
import type { Sharp } from '../native/sharp.ts';
import type { Layer } from '../pixels/layer.ts';

/** Further input of drawing. */
export interface Scene {
  /** The overlays as pixels, in order. */
  readonly layers: readonly Layer[];
}

/**
 * One kind of work on pixels, done after the geometry and turns. An effect reads its parameters into a value of the
 * Transform, and draws that value with sharp. To add one, write one file and add one line to the list in `index.ts`;
 * a missing part is a type error.
 */
export interface Effect<F extends FieldTable, V> {
  /** The parameters of the effect. Every operation takes them. */
  readonly fields: F;
  /**
   * `pixels`: independent of position, so that a turn may come before or after it. `placed`: drawn at a position, so
   * that a later turn needs another pass.
   */
  readonly kind: 'pixels' | 'placed';
  /** Whether it must be done frame by frame: otherwise neighbouring frames of an animation would mix. */
  readonly perFrame: boolean;
  /** Reads the value from the parameters; undefined where they do not ask for the effect. @throws Problem `invalid_param`. */
  read(params: ValuesOf<F>): V | undefined;
  /** Joins two values into one. Without this the second needs a pass of its own. */
  join?(first: V, second: V): V;
  /** Changes the colours of the value. Absent where it has no colours. */
  recolour?(value: V, change: (colour: Colour) => Colour): V;
  /** Puts the effect on a pipeline of sharp. */
  draw(image: Sharp, value: V, scene: Scene): Sharp;
  /** A query of `resize` that shows the effect, for the documentation and the tests; null without parameters. */
  readonly example: keyof F extends never ? null : { readonly query: string; readonly doc: string };
}

/** Infers the types of an effect from its fields and its value. */
export const defineEffect = <F extends FieldTable, V>(effect: Effect<F, V>): Effect<F, V> => effect;
