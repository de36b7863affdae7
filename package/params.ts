/**
 * Types that the tables of the code give. The npm package has a generated file in the place of this one
 * (build/package/tables_types.ts), with every name and its explanation spelt out.
 */
import type { ProblemCode as Code } from '../common/problem.ts';
import type { StreamConfig } from '../convert_stream/settings/config.ts';
import type { Limits as EngineLimits, Params } from '../engine/catalog.ts';

/** `MAX_FRAMES` -> `maxFrames`. */
type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>;

type Optional<Settings> = { readonly [Name in keyof Settings & string as CamelCase<Name>]?: Settings[Name] };

export type ProblemCode = Code;
export type OperationName = string;
/** A format that can be written, by its name or extension. */
export type OutputFormat = string;

/** Parameters of operations. */
export type Parameters = {
  readonly [Name in Exclude<keyof Params, 'type' | 'quality' | 'background' | 'color'>]?: Params[Name];
} & {
  readonly quality?: number | 'auto';
  readonly background?: string;
  readonly color?: string;
};

/** Limits on pictures. */
export type Limits = Optional<EngineLimits>;

/** Settings of the request handler. */
export type ServeSettings = Optional<StreamConfig>;
