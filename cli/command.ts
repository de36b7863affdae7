import type { WriteStream } from 'node:tty';
import type { FieldTable } from '../common/field.ts';

/** The world around a command. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Where a live view can be drawn; absent when the output goes to a file or another program. */
  readonly terminal?: Terminal | undefined;
  /** Has Ctrl-C call this before it ends the process. @returns what undoes it. */
  readonly onInterrupt?: (farewell: () => void) => () => void;
  /** How the command is called and what it does, for its help. */
  readonly usage?: string;
}

export type Terminal = Pick<WriteStream, 'columns' | 'rows' | 'write'>;

/** Does a command with what follows its name. @returns the exit code, 0 unless given. */
export type Run = ((args: readonly string[], world: World) => Promise<number | undefined>) & {
  /** Its flags, where a table says them. */
  readonly fields?: FieldTable;
};

export interface Command {
  /** How it is called, after its name. */
  readonly usage: string;
  readonly summary: string;
  /** Runs until it is told to end, and then ends at once, whatever its threads still do. */
  readonly isServer?: boolean;
  /** Loads what it needs, only when it is called. */
  readonly load: () => Promise<Run>;
}
