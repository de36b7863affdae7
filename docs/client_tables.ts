import { alias, interfaceOf } from '../build/package/table_types.ts';
import { formats, operations, params, placeholderNames } from '../engine/catalog.ts';

const quoted = (names: readonly string[], separator: string): string =>
  names.map((name) => `'${name}'`).join(separator);

const writable = formats.filter(({ writes }) => writes);
const types = [...new Set(writable.flatMap(({ name, extensions }) => [name, ...extensions]))];

/** Types of the client, from the engine's tables. `type` has the words that the service takes. */
export function clientTables(): string {
  const { type, ...others } = params;
  const typed = { ...others, type: { ...type, kind: 'enum', values: ['auto', ...types] } } as const;
  const own = operations.map(
    ({ name, summary, fields }) =>
      `  /** ${summary} */\n  readonly ${name}: Pick<Parameters, ${quoted(fields, ' | ') || 'never'}>;`,
  );
  return [
    '// Written by npm run docs, from the tables of engine/.',
    `export const operationNames = [${quoted(
      operations.map(({ name }) => name),
      ', ',
    )}] as const;`,
    '/** Operations of the service. */\nexport type OperationName = (typeof operationNames)[number];',
    alias('OutputType', 'Formats that can be written, by name or extension.', types),
    alias('PlaceholderName', 'What pages show before a picture has come.', placeholderNames),
    interfaceOf('Parameters', 'Parameters of operations.', typed),
    `/** The parameters that each operation takes. */\nexport interface OperationParameters {\n${own.join('\n')}\n}\n`,
  ].join('\n\n');
}
