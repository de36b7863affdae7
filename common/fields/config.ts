import { Problem } from '../problem.ts';
import { expectation, type FieldTable, type ParseError, readFields, type ValuesOf } from './field.ts';

const describe = ({ name, expected, raw }: ParseError, table: FieldTable): string =>
  `${name}: expected ${expected}, got ${table[name]?.secret ? '(hidden)' : JSON.stringify(raw)}`;

/** The variables that the table names and that are set; an empty one counts as unset. */
function textsOf(
  table: FieldTable,
  env: Readonly<Record<string, string | undefined>>,
): readonly (readonly [string, string])[] {
  return Object.keys(table).flatMap((name) => {
    const text = env[name];
    return text === undefined || text === '' ? [] : [[name, text] as const];
  });
}

/**
 * Reads a program's settings from its environment, in the `exact` dialect.
 * @throws Problem `invalid_param` that lists every bad or missing setting with the expected and the actual value.
 */
export function readConfig<T extends FieldTable>(
  table: T,
  env: Readonly<Record<string, string | undefined>>,
): ValuesOf<T> {
  const { values, errors } = readFields(table, textsOf(table, env), 'exact');
  const missing = Object.entries(table)
    .filter(
      ([name, field]) => field.required && !(name in values) && !errors.some((error) => error.name === name),
    )
    .map(([name, field]) => `${name}: expected ${expectation(field)}, got nothing`);
  const lines = [...errors.map((error) => describe(error, table)), ...missing];
  if (lines.length > 0) throw new Problem('invalid_param', `Configuration:\n  ${lines.join('\n  ')}`);
  return values;
}
