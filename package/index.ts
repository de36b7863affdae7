/** `imagetx`: the engine as a library. */
import { Problem as EngineProblem } from '../common/problem.ts';
import { formatTable } from '../engine/catalog.ts';
import { createConverter as create } from './converter.ts';
import { setFonts } from './environment.ts';
import type {
  Converter,
  ConverterOptions,
  FormatInfo,
  ProblemConstructor,
  Problem as ProblemType,
} from './types.ts';

export type { Limits, OperationName, OutputFormat, Parameters, ProblemCode } from './params.ts';
export type {
  Converter,
  ConverterOptions,
  ConvertOptions,
  FormatInfo,
  Info,
  Input,
  Inspected,
  Output,
  Step,
} from './types.ts';

setFonts();

/** A converter with its own limits, queue and codec workers. @throws {Problem} `invalid_param` */
export const createConverter: (options?: ConverterOptions) => Converter = create;

let usual: Converter | undefined;
const converter = (): Converter => {
  usual ??= create();
  return usual;
};

/**
 * Converts one picture.
 * @example const { data, info } = await convert('photo.heic', { width: 1200, format: 'webp' });
 * @throws {Problem}
 */
export const convert: Converter['convert'] = (input, options) => converter().convert(input, options);

/** Reads the header of a picture. @throws {Problem} */
export const inspect: Converter['inspect'] = (input) => converter().inspect(input);

/** Ends the processes of optional codecs, if any were started. A program may also just end. */
export const close: Converter['close'] = async () => await usual?.close();

/** Every format, and what this installation can do with it. */
export const formats: readonly FormatInfo[] = formatTable().formats;

export type Problem = ProblemType;
export const Problem: ProblemConstructor = EngineProblem as unknown as ProblemConstructor;
