import { parseColour } from './colour.ts';
import type { Field, FieldKind, FieldValue } from './field_types.ts';
import { type Dialect, parseBool, parseNumber } from './number.ts';

/** What became of a text: a value, undefined for an empty text, or the reason why there is none. */
export type Parsed = { readonly value: FieldValue | undefined } | { readonly reason: string };

const invalid = (reason: string): Parsed => ({ reason });
const ok = (value: FieldValue | undefined): Parsed => ({ value });

/** Whether a number is in the range of a field, or one that the field has a name for. */
export const isInRange = (
  value: number,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, names = {} }: Field,
): boolean => (value >= min && value <= max) || Object.values(names).includes(value);

/** Whether a number counts as absent: 0 where it is outside of the range, as in Imaginary. */
export const countsAsAbsent = (value: number, { min = 0 }: Field): boolean => value === 0 && min > 0;

/** A number as a value of a field: undefined where it counts as absent, or the reason why it is none. */
export function fitNumber(value: number, field: Field, dialect: Dialect): Parsed {
  if (field.outside || isInRange(value, field)) return ok(value);
  if (dialect === 'lenient' && countsAsAbsent(value, field)) return ok(undefined);
  return invalid(`expected ${expectation(field)}`);
}

/** Whether a number keeps its sign: Imaginary drops it, and none of its own parameters has a use for it. */
const dialectOf = ({ min = 0 }: Field, dialect: Dialect): Dialect => (min < 0 ? 'exact' : dialect);

function number(raw: string, field: Field, dialect: Dialect): Parsed {
  const { names = {}, neutral } = field;
  if (raw === '' && dialect === 'lenient' && neutral !== undefined) return ok(undefined);
  const name = raw.trim().toLowerCase();
  const named = Object.hasOwn(names, name) ? names[name] : undefined;
  if (named !== undefined) return ok(named);
  const read = parseNumber(raw, field.kind === 'int' ? 'int' : 'float', dialectOf(field, dialect));
  return 'reason' in read ? invalid(read.reason) : fitNumber(read.value, field, dialect);
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
export const readers: Readonly<Record<FieldKind, (raw: string, field: Field, dialect: Dialect) => Parsed>> = {
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
