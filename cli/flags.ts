import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig } from '../common/fields/config.ts';
import { expectation, type Field, type FieldTable, type ValuesOf } from '../common/fields/field.ts';
import { asProblem, Problem } from '../common/problem.ts';
import { nearest } from '../common/suggest.ts';

/** A command line, read by the table of its flags. */
export interface CommandLine<T extends FieldTable> {
  readonly values: ValuesOf<T>;
  /** The texts of the flags that were given, by their names in the table. */
  readonly flags: Readonly<Record<string, string>>;
  readonly positionals: readonly string[];
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

/** The argument that begins with an unknown flag: `-resize` is read as `-r`, `-e` and so on. */
const wholeFlag = (flag: string, args: readonly string[]): string =>
  /^-[^-]/.test(flag) ? (args.find((arg) => arg.startsWith(flag)) ?? flag) : flag;

/** The flag that was probably meant: like the word, or one of them is the beginning of the other. */
function meantFlag(table: FieldTable, word: string): string | undefined {
  const rows = Object.entries(table).filter(([, { flag, doc }]) => flag && doc);
  const like = nearest(
    word,
    rows.map(([, { flag = '' }]) => flag),
  );
  const [, begun] = rows.find(([name]) => name.startsWith(word) || word.startsWith(name)) ?? [];
  return like ?? begun?.flag;
}

/** Why a command line cannot be read; an unknown flag with the one that was probably meant. */
function parseFault(table: FieldTable, args: readonly string[], cause: NodeJS.ErrnoException): string {
  const [first = ''] = cause.message.split(/\.\s/);
  const [, named, fault] = /^Option '--?([^,' ]+).* argument (missing|is ambiguous)/.exec(first) ?? [];
  const field = Object.values(table).find(({ flag }) => flag === named);
  const hyphen =
    fault === 'missing' ? '' : `; with a hyphen at the beginning it is ${dashed(field ?? {})}=-...`;
  if (field) return `${missingFlag(field).message}${hyphen}`;
  const [, unknown] = /^Unknown option '([^']+)'/.exec(first) ?? [];
  if (cause.code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || unknown === undefined) return first;
  const whole = wholeFlag(unknown, args);
  if (existsSync(whole)) return `Unknown option '${whole}'; if it is a file, write ./${whole}`;
  const hint = meantFlag(table, whole.replace(/^-+/, '').replace(/=.*/, ''));
  return `Unknown option '${whole}'${hint ? `; did you mean ${dashed({ flag: hint })}?` : ''}`;
}

/** `-o=out.webp`, as Imaginary's flags may be written: getopt would take `=out.webp`. */
const withoutEquals = (arg: string): string => arg.replace(/^(-\w)=/, '$1');

function parse(table: FieldTable, args: readonly string[]) {
  try {
    const options = { ...parseOptions(table), ...helpOption };
    return parseArgs({ args: args.map(withoutEquals), options, allowPositionals: true });
  } catch (cause) {
    throw new Problem('invalid_param', parseFault(table, args, cause as NodeJS.ErrnoException), { cause });
  }
}

/** Replaces the names of settings by those of flags: users type flags. */
function nameFlags(table: FieldTable, message: string): string {
  const names = Object.entries(table).filter(([, { flag }]) => flag);
  return message
    .replace(/^Configuration:\n {2}/, '')
    .split('\n')
    .map((line) => names.reduce((text, [name, field]) => text.replace(`${name}:`, `${dashed(field)}:`), line))
    .join('\n');
}

function valuesOf<T extends FieldTable>(table: T, flags: Readonly<Record<string, string>>): ValuesOf<T> {
  try {
    return readConfig(table, flags);
  } catch (error) {
    const { code, message } = asProblem(error);
    throw new Problem(code, nameFlags(table, message), { cause: error });
  }
}

/** Reads a command line. @returns undefined when it asks for help. @throws Problem `invalid_param`. */
export function readCommandLine<T extends FieldTable>(
  table: T,
  args: readonly string[],
): CommandLine<T> | undefined {
  const { values, positionals } = parse(table, args);
  if (values.help) return undefined;
  const entries = Object.entries(table).flatMap(([name, { flag }]) => {
    const text = flag === undefined ? undefined : values[flag as keyof typeof values];
    return text === undefined ? [] : [[name, String(text)] as const];
  });
  const flags = Object.fromEntries(entries);
  return { values: valuesOf(table, flags), flags, positionals };
}

/** A flag with its dashes: one before a letter, two before a word. Go's flags, which Imaginary's are, have one. */
export const dashed = ({ flag = '' }: Pick<Field, 'flag'>, isGo = false): string =>
  `${isGo || flag.length === 1 ? '-' : '--'}${flag}`;
const kindWord = ({ kind, values }: Field): string =>
  kind === 'bool' ? '' : kind === 'enum' ? ` ${values?.join('|')}` : ` ${kind.toUpperCase()}`;
const defaultOf = ({ default: value, kind }: Field): string =>
  value === undefined || kind === 'bool' || String(value) === '' ? '' : ` Default: ${value}.`;

/** One paragraph per flag. A flag without a doc is explained by another flag's. */
export const flagHelp = (table: FieldTable): string =>
  Object.values(table)
    .filter(({ flag, doc }) => flag && doc)
    .map((field) => `  ${dashed(field)}${kindWord(field)}\n      ${field.doc}${defaultOf(field)}`)
    .join('\n');

/** A Problem `missing_param` that says what the flag is for. */
export const missingFlag = (field: Field): Problem =>
  new Problem(
    'missing_param',
    `${dashed(field)}: expected ${expectation(field)}${field.example ? ` such as ${field.example}` : ''}, got nothing`,
  );
