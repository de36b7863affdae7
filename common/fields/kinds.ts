import { parseColour } from '../colour.ts';
import { type Dialect, parseBool, parseNumber } from './number.ts';
import type { Field, FieldKind, FieldValue } from './types.ts';

/** What became of a text: a value, undefined for an empty text, or the reason why there is none. */
export type Parsed = { readonly value: FieldValue | undefined } | { readonly reason: string };

const invalid = (reason: string): Parsed => ({ reason });
const ok = (value: FieldValue | undefined): Parsed => ({ value });

/** Whether a number is in the range of a field. */
const isWithin = (
  value: number,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Field,
): boolean => value >= min && value <= max;

/** Whether a number is in the range of a field, or one that the field has a name for. */
export const isInRange = (value: number, field: Field): boolean =>
  isWithin(value, field) || Object.values(field.names ?? {}).includes(value);

/** Whether a number counts as absent: 0 where it is outside of the range, as in Imaginary. */
export const countsAsAbsent = (value: unknown, { min = 0 }: Field): boolean => value === 0 && min > 0;

/** A number as a value of a field: undefined where it counts as absent, or the reason why it is none. */
export function fitNumber(value: number, field: Field, dialect: Dialect): Parsed {
  if (field.outside || isWithin(value, field)) return ok(value);
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

function word(raw: string, field: Field, dialect: Dialect): Parsed {
  const given = field.exactCase ? raw : raw.trim().toLowerCase();
  if (field.values?.includes(given)) return ok(given);
  if (field.otherwise !== undefined) return ok(field.otherwise);
  // A form sends its empty fields too.
  if (given === '' && dialect === 'lenient') return ok(undefined);
  return invalid(`expected ${expectation(field)}`);
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

/** Longer than any list of numbers or colours. The time to part one grows with the square of its length. */
const maxListCharacters = 200;

/** Reads the items of a list. Empty text has none. */
function readItems<T>(raw: string, field: Field, parts: ListParts<T>): Parsed {
  const words =
    raw.length > maxListCharacters ? [] : raw.split(parts.separator).filter((word) => word !== '');
  if (words.length === 0 && raw.trim() === '') return ok(undefined);
  const items = words.map(parts.read).filter((item) => item !== undefined);
  const [least, most] = field.count ?? [1, words.length];
  const areAll = items.length === words.length && items.length >= least && items.length <= most;
  return areAll ? ok(items as FieldValue) : invalid(`expected ${expectation(field)}`);
}

interface ListParts<T> {
  readonly separator: RegExp;
  /** Undefined for a word that is no item. */
  readonly read: (word: string) => T | undefined;
}

/** Several numbers, as in CSS: parted by commas, spaces or colons, with or without their unit. */
const numbers = (raw: string, field: Field): Parsed =>
  readItems(raw, field, {
    separator: /[\s,:]+/,
    read: (word) => {
      const read = number(word.replace(/px$/, ''), { ...field, kind: 'float' }, 'exact');
      return 'value' in read ? (read.value as number) : undefined;
    },
  });

/** Several colours, parted by commas outside of brackets or by spaces; the # of a colour may be left out. */
const colours = (raw: string, field: Field): Parsed =>
  readItems(raw, field, {
    separator: /[\s,]+(?![^(]*\))/,
    read: (word) => {
      const value = parseColour(/^(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.test(word) ? `#${word}` : word);
      return value === 'invalid' ? undefined : value;
    },
  });

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
  numbers,
  colours,
};

const bounds = ({ min, max }: Field): string => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
};

/** How many items a list has: `1 to 4 numbers`. */
function amount({ count: [least, most] = [1, 1] }: Field, item: string): string {
  return `${least === most ? least : `${least} to ${most}`} ${item}${most === 1 ? '' : 's'}`;
}

/** The values that a field accepts, in plain words. */
export function expectation(field: Field): string {
  const words: Readonly<Record<FieldKind, string>> = {
    int: `a whole number${bounds(field)}`,
    float: `a number${bounds(field)}`,
    bool: 'true or false',
    string: field.expects ?? 'text',
    colour: 'a colour such as 255,128,0 or #ff8000 or orange',
    enum: `one of ${field.values?.join(', ')}`,
    numbers: `${amount(field, 'number')}${bounds(field)}`,
    colours: `${amount(field, 'colour')} such as #ff8000 or orange`,
    list: `a comma-separated list${field.values ? ` of ${field.values.join(', ')}` : ''}`,
  };
  const named = Object.keys(field.names ?? {}).map((name) => ` or ${name}`);
  return `${words[field.kind]}${field.unit ? ` (${field.unit})` : ''}${named.join('')}`;
}
