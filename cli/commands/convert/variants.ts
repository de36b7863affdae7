import { type FieldTable, readFields, type ValuesOf } from '../../../common/fields/field.ts';
import { asProblem, Problem } from '../../../common/problem.ts';
import { nearest } from '../../../common/suggest.ts';
import {
  addStep,
  type Conversion,
  conversionOf,
  type DoorName,
  formatNamed,
  inFormat,
  operationNamed,
  type Params,
  type Preset,
  type Presets,
  params,
  presetNamed,
  type Step,
  writableFormat,
} from '../../../engine/catalog.ts';
import { maxSide } from '../../../engine/settings.ts';
import { type convertFields, parameterFlags } from './fields.ts';

type Values = ValuesOf<typeof convertFields>;

/** One output of each source. */
export interface Variant {
  /** What the output's name has after the source's: `-320w`. */
  readonly suffix: string;
  /** Its format in the word of the user. */
  readonly format?: string;
  /** Its format where neither the user nor the output's name sets one; absent: as the source. */
  readonly usual?: string;
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

const toFormat =
  (steps: readonly Step[], door: DoorName): Variant['conversion'] =>
  (word) =>
    conversionOf(inFormat(steps, writableFormat(word).name), door);

/** Presets that leave the format open make this one, as in batch. */
const presetFormat = 'webp';

/** A preset, with a step more or other parameters. */
function presetVariant({ name, steps }: Preset, step: Step, door: DoorName): Variant {
  const whole = addStep(steps, step);
  const { type = 'auto' } = conversionOf(whole, door).output;
  return {
    suffix: `-${name}`,
    usual: type === 'auto' ? presetFormat : type,
    conversion: toFormat(whole, door),
  };
}

/** What is made of each source. @throws Problem `invalid_param`, `unsupported_output`. */
export function readVariants(values: Values, known: Presets): readonly Variant[] {
  const params = readParams(values);
  const { operation } = values;
  const door = values.door as DoorName;
  const formats = readFormats(values);
  const sizes = readSizes(values);
  const names = [...new Set([...(values.presets ?? []), ...(values.preset ?? [])])];
  const sized = (format: string | undefined, width: number | undefined): Variant => ({
    suffix: width === undefined ? '' : `-${width}w`,
    ...(format === undefined ? {} : { format }),
    conversion: toFormat([{ operation, params: width === undefined ? params : { ...params, width } }], door),
  });
  const isPresetOnly = names.length > 0 && formats.length === 0 && sizes.length === 0;
  const plain = isPresetOnly ? [] : formats.length > 0 ? formats : [undefined];
  return [
    ...plain.flatMap((format) =>
      (sizes.length > 0 ? sizes : [undefined]).map((width) => sized(format, width)),
    ),
    ...names.map((name) => presetVariant(presetNamed(known, name), { operation, params }, door)),
  ];
}
