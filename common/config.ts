import { expectation, type Fault, type FieldTable, readFields, type ValuesOf } from './field.ts';
import { Problem } from './problem.ts';

const shown = (fault: Fault, table: FieldTable): string =>
  `${fault.name}: expected ${fault.expected}, got ${table[fault.name]?.secret ? '(hidden)' : JSON.stringify(fault.raw)}`;

/** The texts of a table's settings: a flag where one is given, else the environment; empty means unset. */
function settings(
  table: FieldTable,
  env: Readonly<Record<string, string | undefined>>,
): readonly (readonly [string, string])[] {
  return Object.keys(table).flatMap((name) => {
    const text = env[name];
    return text === undefined || text === '' ? [] : [[name, text] as const];
  });
}

/**
 * A program's settings from its environment, exact. All faults are reported at once.
 * @throws Problem `invalid_param` that lists every bad or missing setting, its expectation and what came.
 */
export function readConfig<T extends FieldTable>(
  table: T,
  env: Readonly<Record<string, string | undefined>>,
): ValuesOf<T> {
  const { values, faults } = readFields(table, settings(table, env), 'exact');
  const missing = Object.entries(table)
    .filter(([name, field]) => field.required && !(name in values) && !faults.some((f) => f.name === name))
    .map(([name, field]) => `${name}: expected ${expectation(field)}, got nothing`);
  const lines = [...faults.map((fault) => shown(fault, table)), ...missing];
  if (lines.length > 0) throw new Problem('invalid_param', `Configuration:\n  ${lines.join('\n  ')}`);
  return values;
}
