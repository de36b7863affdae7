import { readConfig } from '../common/fields/config.ts';
import { type FieldTable, mapTable, readFields, type ValuesOf } from '../common/fields/field.ts';
import { asProblem, Problem } from '../common/problem.ts';
import { nearest } from '../common/suggest.ts';

/** `MAX_FRAMES` -> `maxFrames`. */
export const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

type Values = Readonly<Record<string, unknown>>;

/** A value as text, which tables read; JavaScript writes numbers, switches and lists as tables expect them. */
function textOf(name: string, value: unknown): string {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  if (Array.isArray(value)) return value.join(',');
  throw new Problem(
    'invalid_param',
    `${name}: expected text, a number or true or false, got ${typeof value}`,
  );
}

/** @throws Problem `invalid_param` for a name that is none of the known ones. */
export function checkNames(given: Values, known: readonly string[], what: string): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const hint = nearest(name, known);
    throw new Problem('invalid_param', `${name}: no such ${what}${hint ? `; did you mean ${hint}?` : ''}`);
  }
}

const texts = (given: Values): readonly (readonly [string, string])[] =>
  Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, textOf(name, value)] as const],
  );

/** Reads settings in camel case by the table of the settings. @throws Problem `invalid_param`. */
export function readSettings<T extends FieldTable>(table: T, given: Values): ValuesOf<T> {
  const names = new Map(Object.keys(table).map((name) => [camelCase(name), name]));
  checkNames(given, [...names.keys()], 'setting');
  const env = Object.fromEntries(texts(given).map(([name, text]) => [names.get(name), text]));
  try {
    return readConfig(table, env);
  } catch (cause) {
    const { code, message } = asProblem(cause);
    const plain = message.replace('Configuration:\n  ', '').replaceAll('\n  ', '; ');
    throw new Problem(code, plain.replace(/\b[A-Z]+(_[A-Z]+)*(?=: expected)/g, camelCase), { cause });
  }
}

/** Reads parameters by their table. @throws Problem `invalid_param` with all errors. */
export function readParameters(table: FieldTable, given: Values): ValuesOf<FieldTable> {
  const plain = mapTable(table, ({ default: _, ...field }) => field);
  const { values, errors } = readFields(plain, texts(given), 'exact');
  if (errors.length === 0) return values;
  const sentences = errors.map(({ name, expected, raw }) => `${name}: expected ${expected}, got ${raw}`);
  throw new Problem('invalid_param', sentences.join('; '));
}
