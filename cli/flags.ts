import { parseArgs } from 'node:util';
import { readConfig } from '../common/config.ts';
import { expectation, type Field, type FieldTable, type ValuesOf } from '../common/field.ts';
import { asProblem, Problem } from '../common/problem.ts';
import type { Run, World } from './command.ts';
import { explain } from './explain.ts';

export interface Given<T extends FieldTable> {
  readonly values: ValuesOf<T>;
  /** Names in the table of what the command line itself has set. */
  readonly flags: Readonly<Record<string, string>>;
  /** What is no flag. */
  readonly words: readonly string[];
}

const helpOption = { help: { type: 'boolean', short: 'h' } } as const;
type ParseOption = { type: 'boolean' | 'string'; short?: string };

function parseOptions(table: FieldTable): Record<string, ParseOption> {
  const options = Object.values(table).map(({ flag = '', kind }): [string, ParseOption] => [
    flag,
    { type: kind === 'bool' ? 'boolean' : 'string', ...(flag.length === 1 ? { short: flag } : {}) },
  ]);
  return Object.fromEntries(options.filter(([flag]) => flag !== ''));
}

function parsed(table: FieldTable, args: readonly string[]) {
  try {
    const options = { ...parseOptions(table), ...helpOption };
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    const [first] = (cause as Error).message.split(/\.\s/);
    throw new Problem('invalid_param', `${first}`, { cause });
  }
}

/** Faults speak of flags where people have typed them. */
function inFlags(table: FieldTable, message: string): string {
  const names = Object.entries(table).filter(([, { flag }]) => flag);
  return message
    .replace(/^Configuration:\n {2}/, '')
    .split('\n')
    .map((line) => names.reduce((text, [name, field]) => text.replace(`${name}:`, `${dashed(field)}:`), line))
    .join('\n');
}

function valuesOf<T extends FieldTable>(table: T, texts: World['env']): ValuesOf<T> {
  try {
    return readConfig(table, texts);
  } catch (error) {
    const { code, message } = asProblem(error);
    throw new Problem(code, inFlags(table, message), { cause: error });
  }
}

export const dashed = ({ flag = '' }: Field): string => `${flag.length === 1 ? '-' : '--'}${flag}`;
const kindWord = ({ kind, values }: Field): string =>
  kind === 'bool' ? '' : kind === 'enum' ? ` ${values?.join('|')}` : ` ${kind.toUpperCase()}`;
const defaultOf = ({ default: value, kind }: Field): string =>
  value === undefined || kind === 'bool' || String(value) === '' ? '' : ` Default: ${value}.`;

/** The flags of a table, a paragraph each; those without a doc are explained by another. */
const flagHelp = (table: FieldTable): string =>
  Object.values(table)
    .filter(({ flag, doc }) => flag && doc)
    .map((field) => `  ${dashed(field)}${kindWord(field)}\n      ${field.doc}${defaultOf(field)}`)
    .join('\n');

const exitCodes = { failed: 1, usage: 2 } as const;

/** One line; the stack only for who asks for it. */
function tell(error: unknown, { err, env }: World): number {
  const { code } = asProblem(error);
  err(`imagetx: ${explain(error)}`);
  if (env.DEBUG) err(String((error as Error).stack));
  return ['invalid_param', 'missing_param'].includes(code) ? exitCodes.usage : exitCodes.failed;
}

/**
 * A command from the table of its flags. What the table names is read from the environment too where its name is
 * in capitals. Problems end in one line and an exit code: 2 when it was called wrongly, 1 otherwise.
 */
export function commandOf<T extends FieldTable>(
  table: T,
  work: (given: Given<T>, world: World) => Promise<number>,
): Run & { readonly fields: FieldTable } {
  const run: Run = async (args, world) => {
    try {
      const { values: found, positionals } = parsed(table, args);
      if (found.help) {
        world.out(`${world.usage ?? ''}\n\n${flagHelp(table)}`);
        return 0;
      }
      const named = Object.entries(table).flatMap(([name, { flag }]) => {
        const text = flag === undefined ? undefined : found[flag as keyof typeof found];
        return text === undefined ? [] : [[name, String(text)] as const];
      });
      const flags = Object.fromEntries(named);
      return await work({ values: valuesOf(table, flags), flags, words: positionals }, world);
    } catch (error) {
      return tell(error, world);
    }
  };
  return Object.assign(run, { fields: table });
}

/** @throws Problem `missing_param` that says what a flag is for. */
export const missing = (field: Field): Problem =>
  new Problem(
    'missing_param',
    `${dashed(field)}: expected ${expectation(field)}${field.example ? ` such as ${field.example}` : ''}, got nothing`,
  );
