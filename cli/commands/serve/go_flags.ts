import { type Field, type FieldTable, readField } from '../../../common/fields/field.ts';

/** Texts of settings by name. */
export type Texts = Readonly<Record<string, string>>;

/** A command line, or the reason in Go's words why it is wrong, with the exit code. */
export type Flags =
  | { readonly ok: true; readonly texts: Texts }
  | { readonly ok: false; readonly reason: string; readonly code: 1 | 2 };

const syntax = /^--?([^-=][^=]*)(?:=(.*))?$/s;

/** Names of settings by flag. */
const flagNames = (table: FieldTable): ReadonlyMap<string, string> =>
  new Map(Object.entries(table).flatMap(([name, { flag }]) => (flag ? [[flag, name] as const] : [])));

const refuse = (reason: string): Flags => ({ ok: false, reason, code: 2 });

function findFault(flag: string, field: Field, text: string): Flags | undefined {
  const read = readField(flag, field, text, 'exact');
  if (!('reason' in read)) return undefined;
  // A number in the right syntax, but out of its range.
  if (read.reason.startsWith('expected ')) {
    const range = `from ${Math.max(field.min ?? 0, 0)} to ${field.max ?? 'any'}`;
    return { ok: false, reason: `The -${flag} flag only accepts a value ${range}`, code: 1 };
  }
  const kind =
    field.kind === 'bool'
      ? `invalid boolean value "${text}" for -${flag}`
      : `invalid value "${text}" for flag -${flag}`;
  return refuse(`${kind}: parse error`);
}

/**
 * Reads flags like Go's flag package: `-x v`, `--x v`, `-x=v`; booleans `-x` or `-x=false`. The first argument that is
 * not a flag ends them.
 */
export function readGoFlags(table: FieldTable, args: readonly string[]): Flags {
  const names = flagNames(table);
  const texts: Record<string, string> = {};
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--' || !arg.startsWith('-') || arg === '-') break;
    const [, flag = '', given] = syntax.exec(arg) ?? [];
    if (flag === '') return refuse(`bad flag syntax: ${arg}`);
    const name = names.get(flag);
    const field = name === undefined ? undefined : table[name];
    if (name === undefined || field === undefined) return refuse(`flag provided but not defined: -${flag}`);
    const text = given ?? (field.kind === 'bool' ? 'true' : args[++at]);
    if (text === undefined) return refuse(`flag needs an argument: -${flag}`);
    const bad = text === '' ? undefined : findFault(flag, field, text);
    if (bad) return bad;
    texts[name] = text;
  }
  return { ok: true, texts };
}

const defaultOf = ({ kind, default: value, secret }: Field): string =>
  value === undefined || secret || String(value) === ''
    ? ''
    : ` (default ${kind === 'string' ? `"${value}"` : value})`;

/** One line per flag. */
export const goFlagHelp = (table: FieldTable): string =>
  Object.values(table)
    .filter(({ flag }) => flag !== undefined)
    .toSorted((a, b) => String(a.flag).localeCompare(String(b.flag)))
    .map(
      (field) =>
        `  -${field.flag}${field.kind === 'bool' ? '' : ` ${field.kind}`}\n    \t${field.doc}${defaultOf(field)}`,
    )
    .join('\n');
