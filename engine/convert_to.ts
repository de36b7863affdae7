import { describeParseError, type FieldTable, readFields } from '../common/field.ts';
import { type Conversion, conversionOf } from './conversion.ts';
import type { DoorName } from './door_defaults.ts';
import { operationNamed } from './operations/index.ts';
import { type Params, params } from './params.ts';

/** What forms and tasks ask for: their format is named beside the parameters. */
export const operation = 'convert';

const fields: FieldTable = Object.fromEntries(
  operationNamed(operation)
    .fields.filter((name) => name !== 'type')
    .map((name) => [name, params[name]]),
);

export const isParam = (name: string): boolean => Object.hasOwn(fields, name);

/** The parameters among these texts, and what is wrong with them, a sentence each. */
export function readParams(texts: Iterable<readonly [string, string]>): {
  readonly given: Params;
  readonly wrong: readonly string[];
} {
  const { values, errors } = readFields(fields, texts, 'lenient');
  return { given: values as Params, wrong: errors.map(describeParseError) };
}

/** @param format the word of one that can be written. */
export const convertTo = (format: string, given: Params, door: DoorName): Conversion =>
  conversionOf([{ operation, params: { ...given, type: format } }], door);
