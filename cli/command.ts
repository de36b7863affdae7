import type { WriteStream } from 'node:tty';
import { types } from 'node:util';
import type { FieldTable } from '../common/fields/field.ts';
import { asProblem, firstLine, Problem, type ProblemCode } from '../common/problem.ts';
import { type CommandLine, flagHelp, readCommandLine } from './flags.ts';

/** The environment and the outputs of a command. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The terminal for a live view; absent when the output goes to a file or another program. */
  readonly terminal?: Terminal | undefined;
  /** Has Ctrl-C, and other signals that end the process, call this first. @returns what undoes it. */
  readonly onInterrupt?: (farewell: () => void) => () => void;
  /** The command's call and summary, for its help. */
  readonly usage?: string;
}

export type Terminal = Pick<WriteStream, 'columns' | 'rows' | 'write'>;

/** Runs a command with the arguments after its name. @returns the exit code; undefined means 0. */
export type Run = ((args: readonly string[], world: World) => Promise<number | undefined>) & {
  /** Its flags, if it has a table of them. */
  readonly fields?: FieldTable;
};

export interface Command {
  /** The arguments after its name. */
  readonly usage: string;
  readonly summary: string;
  /** What the flags do not say, in a few sentences. */
  readonly about?: string;
  /** Arguments after its name, as one would type them. */
  readonly examples?: readonly string[];
  /** Whether it runs until a signal, and then exits at once even if threads are still busy. */
  readonly isServer?: boolean;
  /** Loads the command's modules, only when the command is called. */
  readonly load: () => Promise<Run>;
}

/** The help of a command above its flags. */
export function describeCommand(name: string, { usage, summary, about, examples = [] }: Command): string {
  const calls = examples.map((args) => `  imagetx ${name} ${args}`);
  return [
    `Usage: imagetx ${name} ${usage}`,
    summary,
    ...(about ? [about] : []),
    ...(calls.length > 0 ? [`Examples:\n${calls.join('\n')}`] : []),
  ].join('\n\n');
}

/** Codes whose message is public and hides details; at a terminal the cause is shown as well. */
const hiding: readonly ProblemCode[] = ['storage_unavailable', 'queue_unavailable', 'internal'];

/** An error in one line. */
export function describeError(error: unknown): string {
  const { code, message, cause } = asProblem(error);
  const reason = types.isNativeError(cause) ? firstLine(cause) : '';
  if (!(error instanceof Problem)) return reason || message;
  return hiding.includes(code) && reason ? `${message} (${reason})` : message;
}

const exitCodes = { failed: 1, usage: 2 } as const;

/** Prints an error in one line, and its stack if DEBUG is set. @returns the exit code. */
function reportError(error: unknown, { err, env }: World): number {
  const { code } = asProblem(error);
  err(`imagetx: ${describeError(error)}`);
  if (env.DEBUG) err(String((error as Error).stack));
  return ['invalid_param', 'missing_param'].includes(code) ? exitCodes.usage : exitCodes.failed;
}

/**
 * A command from the table of its flags. A Problem becomes one line and an exit code: 2 for a wrong call, 1 for other
 * failures.
 */
export function defineCommand<T extends FieldTable>(
  table: T,
  work: (line: CommandLine<T>, world: World) => Promise<number>,
): Run & { readonly fields: FieldTable } {
  const run: Run = async (args, world) => {
    try {
      const line = readCommandLine(table, args);
      if (line) return await work(line, world);
      world.out(`${world.usage ?? ''}\n\n${flagHelp(table)}`);
      return 0;
    } catch (error) {
      return reportError(error, world);
    }
  };
  return Object.assign(run, { fields: table });
}
