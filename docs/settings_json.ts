import type { Field, FieldTable } from '../common/fields/field.ts';
import { fanFields } from '../convert_batch/gcf/config.ts';
import { converterFields } from '../convert_batch/run/config.ts';
import { streamFields } from '../convert_stream/settings/config.ts';

/** The programs, by the words of infra/. */
const tables: Readonly<Record<string, FieldTable>> = {
  converter: converterFields,
  fan: fanFields,
  service: streamFields,
};

/** Pattern of a setting's value, where its kind alone says it; the program itself checks the rest. */
function patternOf(field: Field): string {
  if (field.kind === 'int') return '^-?[0-9]+$';
  if (field.kind === 'float') return '^-?[0-9.]+$';
  if (field.kind === 'enum') return `^(${field.values?.join('|')})$`;
  return '';
}

/** Names of all settings with patterns of their values, for Terraform, which cannot read the tables. */
export function settingsJson(): string {
  const programs = Object.entries(tables).map(([program, table]) => {
    const names = Object.keys(table).sort();
    return [program, Object.fromEntries(names.map((name) => [name, patternOf(table[name] as Field)]))];
  });
  return `${JSON.stringify(Object.fromEntries(programs), null, 2)}\n`;
}
