import type { Colour } from '../colour.ts';

/** The type of value that each kind of field has once it is read. */
export interface KindValue {
  readonly int: number;
  readonly float: number;
  readonly bool: boolean;
  readonly string: string;
  readonly colour: Colour;
  readonly enum: string;
  readonly list: readonly string[];
  readonly numbers: readonly number[];
  readonly colours: readonly Colour[];
}
export type FieldKind = keyof KindValue;
export type FieldValue = KindValue[FieldKind];

/** One input as text. The same row parses it from any source (query, form, metadata, environment) and documents it. */
export interface Field {
  readonly kind: FieldKind;
  readonly doc: string;
  readonly unit?: string;
  readonly default?: FieldValue;
  /** The values that an `enum` or the items of a `list` may have. */
  readonly values?: readonly string[];
  /** The pattern of a `string`; `expects` describes it in plain words. */
  readonly pattern?: RegExp;
  readonly expects?: string;
  /** The value that replaces an unknown `enum` value or `colour`; without it an unknown one is an error. */
  readonly otherwise?: string;
  /** Values of an `enum` must match exactly; otherwise they are trimmed and lower-cased first. */
  readonly exactCase?: boolean;
  /** Words that `int`, `float` and `numbers` accept for numbers. */
  readonly names?: Readonly<Record<string, number>>;
  /** The range of a number, or of each of several. With a `min` below 0 the lenient dialect keeps the sign. */
  readonly min?: number;
  readonly max?: number;
  /** A number outside of the range is no error when it is read; its `doc` says what becomes of it. */
  readonly outside?: 'allowed';
  /** The least and the most items of `numbers` or `colours`. */
  readonly count?: readonly [least: number, most: number];
  /** The number that changes nothing. */
  readonly neutral?: number;
  readonly required?: boolean;
  /** The value never appears in logs, error messages or documentation. */
  readonly secret?: boolean;
  /** The command-line flag that sets it, without dashes. */
  readonly flag?: string;
  readonly example?: string;
  /** Values that a shell completes; others may be right as well. */
  readonly suggestions?: readonly string[];
}

export type FieldTable = Readonly<Record<string, Field>>;

/** The values of a table: a field with a default or `required` is always there. */
export type ValuesOf<T extends FieldTable> = {
  readonly [K in keyof T as T[K] extends { default: FieldValue } | { required: true }
    ? K
    : never]: KindValue[T[K]['kind']];
} & {
  readonly [K in keyof T as T[K] extends { default: FieldValue } | { required: true }
    ? never
    : K]?: KindValue[T[K]['kind']];
};
