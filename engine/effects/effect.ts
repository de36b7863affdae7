import type { Colour } from '../../common/colour.ts';
import type { FieldTable, ValuesOf } from '../../common/fields/field.ts';
import type { Sharp } from '../native/sharp.ts';
import type { Layer } from '../pixels/layer.ts';
import type { Geometry, Size } from '../transform/geometry.ts';
import type { SharpStep } from './sharp_order.ts';

/** Further input of drawing. */
export interface Scene {
  /** The overlays as pixels, in order. */
  readonly layers: readonly Layer[];
  /** The size of the picture that is drawn on. */
  readonly size: Size;
  /** The value of white in a channel: 255, or 65535 for sixteen bits. */
  readonly white: number;
}

/** What sharp does within a pipeline: the steps that the effect occupies there, and the work itself. */
interface Drawn<V> {
  readonly steps: readonly SharpStep[];
  /** Puts the effect on a pipeline of sharp. */
  draw(image: Sharp, value: V, scene: Scene): Sharp;
  /** Passes that replace the work on a picture of this size; undefined where none do. */
  passes?(value: V, size: Size): readonly Pass<V>[] | undefined;
}

/** Work that takes passes of its own. */
interface InPasses<V> {
  readonly steps?: never;
  readonly draw?: never;
  passes(value: V, size: Size): readonly Pass<V>[];
}

/** One of several passes over the picture: geometry, and then perhaps the effect itself with another value. */
interface Pass<V> {
  readonly geometry: Geometry;
  readonly value?: V;
}

/**
 * One kind of work on pixels, done after the geometry and turns. An effect reads its parameters into a value of the
 * Transform, and draws that value with sharp. To add one, write one file and add one line to the list in `index.ts`;
 * a missing part is a type error.
 */
export type Effect<F extends FieldTable, V> = (Drawn<V> | InPasses<V>) & {
  /** The parameters of the effect. Every operation takes them. */
  readonly fields: F;
  /**
   * `pixels`: independent of position, so that a turn may come before or after it. `placed`: drawn at a position, so
   * that a later turn needs another pass.
   */
  readonly kind: 'pixels' | 'placed';
  /** Whether it must be done frame by frame: otherwise neighbouring frames of an animation would mix. */
  readonly perFrame: boolean;
  /** Whether colours change in it, so that a background must not be put under the picture before it. */
  readonly changesColours: boolean;
  /** Whether the picture may have transparent pixels after it. Absent where that stays as it was. */
  alphaAfter?(value: V): boolean;
  /** Reads the value from the parameters; undefined where they do not ask for the effect. @throws Problem `invalid_param`. */
  read(params: ValuesOf<F>): V | undefined;
  /** Joins two values into one. Without this the second needs a pass of its own. */
  join?(first: V, second: V): V;
  /** Changes the colours of the value. Absent where it has no colours. */
  recolour?(value: V, change: (colour: Colour) => Colour): V;
  /** The size after the effect. Absent where it stays. */
  sizeAfter?(size: Size, value: V): Size;
  /** A query of `resize` that shows the effect, for the documentation and the tests; null without parameters. */
  readonly example: keyof F extends never ? null : { readonly query: string; readonly doc: string };
};

/** Infers the types of an effect from its fields and its value. */
export const defineEffect = <F extends FieldTable, V>(effect: Effect<F, V>): Effect<F, V> => effect;
