import type { Field, FieldTable } from '../../common/fields/field.ts';
import { problemCodes } from '../../common/problem.ts';
import { streamFields } from '../../convert_stream/settings/config.ts';
import { formats, operations, params } from '../../engine/catalog.ts';
import { limitFields } from '../../engine/settings.ts';
import { camelCase } from '../../package/options.ts';

const union = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' | ');

/** The type of a field's value in TypeScript. */
function typeOf({ kind, values = [], names = {} }: Field): string {
  if (kind === 'bool') return 'boolean';
  if (kind === 'enum') return union(values);
  if (kind === 'list') return values.length > 0 ? `readonly (${union(values)})[]` : 'readonly string[]';
  if (kind === 'int' || kind === 'float')
    return ['number', ...Object.keys(names).map((name) => `'${name}'`)].join(' | ');
  return 'string';
}

/** A field's comment: its meaning, unit and default. */
function comment({ doc, unit, default: value, secret }: Field): string {
  const isShown = value !== undefined && String(value) !== '' && !secret;
  const parts = [doc, ...(unit ? [`Unit: ${unit}.`] : []), ...(isShown ? [`Default: ${value}.`] : [])];
  return `  /** ${parts.join(' ').replaceAll('*/', '* /')} */`;
}

/** An interface with a row, and its comment, for each field. */
export function interfaceOf(
  name: string,
  doc: string,
  table: FieldTable,
  rename = (key: string): string => key,
): string {
  const rows = Object.entries(table).flatMap(([key, field]) => [
    comment(field),
    `  readonly ${rename(key)}?: ${typeOf(field)};`,
  ]);
  return [`/** ${doc} */`, `export interface ${name} {`, ...rows, '}'].join('\n');
}

/** A type of several words. */
export const alias = (name: string, doc: string, words: readonly string[]): string =>
  `/** ${doc} */\nexport type ${name} = ${union(words)};`;

/** The types of package/params.ts, with every name and its explanation. */
export function tableTypes(): string {
  const { type: _, ...parameters } = params;
  const writable = formats.filter(({ writes }) => writes);
  return [
    alias('ProblemCode', 'Kinds of expected errors.', problemCodes),
    alias(
      'OperationName',
      'Operations; docs/operations.md shows what each does.',
      operations.map(({ name }) => name),
    ),
    alias('OutputFormat', 'Formats that can be written, by name or extension.', [
      ...new Set(writable.flatMap(({ name, extensions }) => [name, ...extensions])),
    ]),
    interfaceOf('Parameters', 'Parameters of operations.', parameters),
    interfaceOf('Limits', 'Limits on pictures.', limitFields, camelCase),
    interfaceOf('ServeSettings', 'Settings of the request handler.', streamFields, camelCase),
    '',
  ].join('\n\n');
}
