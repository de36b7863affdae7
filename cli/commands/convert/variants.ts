import { type FieldTable, readFields, type ValuesOf } from '../../../common/field.ts';
import { asProblem, Problem } from '../../../common/problem.ts';
import { nearest } from '../../../common/suggest.ts';
import {
  type Conversion,
  conversionOf,
  type DoorName,
  formatNamed,
  inFormat,
  operationNamed,
  type Params,
  params,
  writableFormat,
} from '../../../engine/catalog.ts';
import { maxSide } from '../../../engine/settings.ts';
import { type convertFields, parameterFlags } from './fields.ts';

type Values = ValuesOf<typeof convertFields>;

/** One output of each source. */
export interface Variant {
  /** What the output's name has after the source's: `-320w`. */
  readonly suffix: string;
  /** Its format in the word of the user; absent: as the source. */
  readonly format?: string;
  /** The conversion to a format. @throws Problem `unsupported_output`. */
  readonly conversion: (format: string) => Conversion;
}

const invalid = (message: string): Problem => new Problem('invalid_param', message);

/** The parameters of `--params`. @throws Problem `invalid_param`. */
function readQuery(query: string, table: FieldTable): Params {
  const texts = new URLSearchParams(query);
  const unknown = [...texts.keys()].filter((name) => !Object.hasOwn(table, name));
  const { values, errors } = readFields(table, texts, 'lenient');
  const faults = [
    ...unknown.map((name) => {
      const hint = nearest(name, Object.keys(table));
      return `${name}: no such parameter here${hint ? `; did you mean ${hint}?` : ''}`;
    }),
    ...errors.map(({ name, expected, raw }) => `${name}: expected ${expected}, got ${JSON.stringify(raw)}`),
  ];
  if (faults.length > 0) throw invalid(`--params: ${faults.join('; ')}`);
  return values as Params;
}

/** The parameters of flags and `--params`; flags win. @throws Problem `invalid_param`. */
function readParams(values: Values): Params {
  const taken = operationNamed(values.operation).fields.filter((name) => name !== 'type');
  const table = Object.fromEntries(taken.map((name) => [name, params[name]]));
  const given = Object.entries(values).filter(([name]) => Object.hasOwn(parameterFlags, name));
  const stray = given.find(([name]) => !Object.hasOwn(table, name));
  if (stray) throw invalid(`--${stray[0]}: the operation ${values.operation} does not take it`);
  return { ...readQuery(values.params, table), ...Object.fromEntries(given) } as Params;
}

/** The formats of the outputs. Of words with the same meaning, the first one is kept. */
function readFormats({ format = [], formats = [] }: Values): readonly string[] {
  const words = [...format, ...formats].map((word) => word.toLowerCase());
  try {
    for (const word of words) writableFormat(word);
  } catch (cause) {
    throw new Problem('invalid_param', `--${asProblem(cause).message}`, { cause });
  }
  return [...new Map(words.toReversed().map((word) => [formatNamed(word)?.name, word])).values()].reverse();
}

function readSizes({ sizes = [] }: Values): readonly number[] {
  const bad = sizes.find((text) => !/^[1-9]\d{0,5}$/.test(text) || Number(text) > maxSide);
  if (bad !== undefined) throw invalid(`--sizes: expected widths from 1 to ${maxSide}, got ${bad}`);
  return [...new Set(sizes.map(Number))];
}

/** What is made of each source. @throws Problem `invalid_param`, `unsupported_output`. */
export function readVariants(values: Values): readonly Variant[] {
  const wanted = readParams(values);
  const { operation, door } = values;
  const formats = readFormats(values);
  const sizes = readSizes(values);
  const variant = (format: string | undefined, width: number | undefined): Variant => {
    const own = width === undefined ? wanted : { ...wanted, width };
    return {
      suffix: width === undefined ? '' : `-${width}w`,
      ...(format === undefined ? {} : { format }),
      conversion: (word) =>
        conversionOf(inFormat([{ operation, params: own }], writableFormat(word).name), door as DoorName),
    };
  };
  return (formats.length > 0 ? formats : [undefined]).flatMap((format) =>
    (sizes.length > 0 ? sizes : [undefined]).map((width) => variant(format, width)),
  );
}
