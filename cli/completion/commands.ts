import type { Field } from '../../common/fields/field.ts';
import type { Command } from '../command.ts';
import { dashed } from '../flags.ts';

export interface CompletedFlag {
  /** With its dashes. */
  readonly name: string;
  readonly doc: string;
  readonly takesValue: boolean;
  /** Values to choose from; none: any, such as a file. */
  readonly values: readonly string[];
  /** Whether it takes several values with commas between them. */
  readonly isList: boolean;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
}

function flagOf(field: Field, isGo: boolean): CompletedFlag {
  const { doc, kind, suggestions = [], values = suggestions } = field;
  const [first = ''] = doc.split(/(?<=\.)\s/);
  return {
    name: dashed(field, isGo),
    doc: first,
    takesValue: kind !== 'bool',
    values,
    isList: kind === 'list',
  };
}

/** Every command with its flags. Loads all of them. */
export async function completedCommands(
  commands: Readonly<Record<string, Command>>,
): Promise<readonly CompletedCommand[]> {
  const all = Object.entries(commands).map(async ([name, { summary, load, isServer = false }]) => {
    const { fields = {} } = await load();
    const flags = Object.values(fields).filter(({ flag, doc }) => flag && doc);
    return { name, summary, flags: flags.map((field) => flagOf(field, isServer)) };
  });
  return await Promise.all(all);
}
