import { type Colour, parseColour } from './colour.ts';
import { type Dialect, parseBool, parseNumber } from './number.ts';

/** The type of value that each kind of field has once it is read. */
export interface KindValue {
  readonly int: number;
  readonly float: number;
  readonly bool: boolean;
  readonly string: string;
  readonly colour: Colour;
  readonly enum: string;
  readonly list: readonly string[];
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
  /** Words that an `int` accepts for numbers. */
  readonly names?: Readonly<Record<string, number>>;
  readonly min?: number;
  readonly max?: number;
  readonly required?: boolean;
  /** The value never appears in logs, error messages or documentation. */
  readonly secret?: boolean;
  /** The command-line flag that sets it, without dashes. */
  readonly flag?: string;
  readonly example?: string;
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

type Parsed = { readonly value: FieldValue | undefined } | { readonly reason: string };

const invalid = (reason: string): Parsed => ({ reason });
const ok = (value: FieldValue | undefined): Parsed => ({ value });

const inRange = (field: Field, value: number): boolean =>
  value >= (field.min ?? Number.NEGATIVE_INFINITY) && value <= (field.max ?? Number.POSITIVE_INFINITY);

function number(raw: string, field: Field, dialect: Dialect): Parsed {
  const { names = {} } = field;
  const name = raw.trim().toLowerCase();
  const named = Object.hasOwn(names, name) ? names[name] : undefined;
  if (named !== undefined) return ok(named);
  const read = parseNumber(raw, field.kind === 'int' ? 'int' : 'float', dialect);
  if ('reason' in read) return invalid(read.reason);
  return inRange(field, read.value) ? ok(read.value) : invalid('value out of range');
}

function word(raw: string, field: Field): Parsed {
  const given = field.exactCase ? raw : raw.trim().toLowerCase();
  if (field.values?.includes(given)) return ok(given);
  return field.otherwise === undefined ? invalid('unsupported value') : ok(field.otherwise);
}

function list(raw: string, { values }: Field): Parsed {
  const words = raw
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return words.every((one) => values?.includes(one) ?? true) ? ok(words) : invalid('unsupported value');
}

const text = (raw: string, { pattern }: Field): Parsed =>
  pattern?.test(raw) === false ? invalid('unsupported value') : ok(raw);

function colour(raw: string, { otherwise }: Field): Parsed {
  const value = parseColour(raw);
  if (value !== 'invalid') return ok(value);
  return otherwise === undefined
    ? invalid('unsupported value')
    : colour(otherwise, { kind: 'colour', doc: '' });
}

/** The parser of each kind. */
const readers: Readonly<Record<FieldKind, (raw: string, field: Field, dialect: Dialect) => Parsed>> = {
  int: number,
  float: number,
  bool: (raw, _field, dialect) => {
    const value = parseBool(raw, dialect);
    return value === undefined ? invalid('unsupported value') : ok(value);
  },
  string: text,
  colour,
  enum: word,
  list,
};

const bounds = ({ min, max }: Field): string => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
};

/** The values that a field accepts, in plain words. */
export function expectation(field: Field): string {
  const words: Readonly<Record<FieldKind, string>> = {
    int: `a whole number${bounds(field)}`,
    float: `a number${bounds(field)}`,
    bool: 'true or false',
    string: field.expects ?? 'text',
    colour: 'a colour such as 255,128,0 or #ff8000 or orange',
    enum: `one of ${field.values?.join(', ')}`,
    list: `a comma-separated list${field.values ? ` of ${field.values.join(', ')}` : ''}`,
  };
  return field.unit ? `${words[field.kind]} (${field.unit})` : words[field.kind];
}

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
  for (const [name, field] of Object.entries(table)) {
    if (field.default !== undefined) values[name] ??= field.default;
  }
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
