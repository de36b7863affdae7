import { expectation, type Parsed, readers } from './kinds.ts';
import type { Dialect } from './number.ts';
import type { Field, FieldTable, FieldValue, ValuesOf } from './types.ts';

export { countsAsAbsent, expectation, fitNumber, isInRange, type Parsed } from './kinds.ts';
export type { Field, FieldKind, FieldTable, FieldValue, ValuesOf } from './types.ts';

export interface ParseError {
  readonly name: string;
  readonly raw: string;
  /** In plain words: `a whole number from 1 to 65535`. */
  readonly expected: string;
  /** In Go's words, as Imaginary's clients know them. */
  readonly reason: string;
}

export type ReadResult<T extends FieldTable> = {
  readonly values: ValuesOf<T>;
  readonly errors: readonly ParseError[];
};

/** Longest part of a bad value that a message quotes. */
const shownCharacters = 80;

/** The error as one sentence. */
export const describeParseError = ({ name, expected, raw }: ParseError): string =>
  `${name}: expected ${expected}, got ${JSON.stringify(raw.slice(0, shownCharacters))}`;

/**
 * Reads one value of a field from text.
 * @returns the value (undefined when the text is empty), or the error.
 */
export function readField(name: string, field: Field, raw: string, dialect: Dialect): Parsed | ParseError {
  const parsed = readers[field.kind](raw, field, dialect);
  if ('value' in parsed) return parsed;
  return { name, raw, expected: expectation(field), reason: parsed.reason };
}

type Default = readonly [name: string, value: FieldValue];

const knownDefaults = new WeakMap<FieldTable, readonly Default[]>();

/** The defaults of a table, collected once: most rows have none. */
function defaultsOf(table: FieldTable): readonly Default[] {
  const known = knownDefaults.get(table);
  if (known) return known;
  const defaults = Object.entries(table).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  knownDefaults.set(table, defaults);
  return defaults;
}

/** Reads named texts by their table. Ignores unknown names, fills in defaults and collects all errors. */
export function readFields<T extends FieldTable>(
  table: T,
  texts: Iterable<readonly [string, string]>,
  dialect: Dialect,
): ReadResult<T> {
  const values: Record<string, FieldValue> = {};
  const errors: ParseError[] = [];
  for (const [name, raw] of texts) {
    const field = Object.hasOwn(table, name) ? table[name] : undefined;
    if (field === undefined) continue;
    const read = readField(name, field, raw, dialect);
    if ('name' in read) errors.push(read);
    else if ('value' in read && read.value !== undefined) values[name] = read.value;
  }
  for (const [name, value] of defaultsOf(table)) values[name] ??= value;
  return { values: values as ValuesOf<T>, errors };
}

/** A table with the same names and new rows. */
export const mapTable = <K extends string, Row, New>(
  table: Readonly<Record<K, Row>>,
  change: (row: Row, name: K) => New,
): Readonly<Record<K, New>> =>
  Object.fromEntries(
    Object.entries(table).map(([name, row]) => [name, change(row as Row, name as K)]),
  ) as Record<K, New>;
