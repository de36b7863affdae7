import { accessSync, constants } from 'node:fs';
import nodeModule from 'node:module';
import { readConfig } from './config.ts';
import type { FieldTable, ValuesOf } from './field.ts';
import { asProblem } from './problem.ts';

const exitCodes = { done: 0, broken: 1, settings: 2 } as const;

/** Programs that end with 0 and do nothing else. */
const trueFiles = ['/bin/true', '/usr/bin/true'] as const;

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends the process with 0, whatever its threads do. exit() waits for those of libuv, and they for what a codec is
 * working on; another program in the place of this one takes them away at once.
 */
function endAtOnce(process: NodeJS.Process): never {
  const file = trueFiles.find(canRun);
  if (process.execve && file) {
    nodeModule.flushCompileCache?.();
    // What is done at exit is done now.
    process.emit('exit', exitCodes.done);
    process.execve(file, [file], {});
  }
  return process.exit(exitCodes.done);
}

/** What the entry file of a service does with its process; nothing else touches it. */
export function programIn(process: NodeJS.Process) {
  /** Ends it over what a person did wrong, without a stack. */
  function refuse(error: unknown): never {
    const { message } = error instanceof Error ? error : asProblem(error);
    process.stderr.write(`${message}\n`);
    return process.exit(exitCodes.settings);
  }

  return {
    refuse,
    /** Ends it over what it cannot do anything about; it has logged why. */
    giveUp: (): never => process.exit(exitCodes.broken),

    /** Its settings, of which `check` throws what contradicts itself. */
    settings<T extends FieldTable>(fields: T, check: (config: ValuesOf<T>) => void = () => {}): ValuesOf<T> {
      try {
        const config = readConfig(fields, process.env);
        check(config);
        return config;
      } catch (error) {
        return refuse(error);
      }
    },

    /** Sets variables that are not set yet. */
    preset(variables: Readonly<Record<string, string>>): void {
      for (const [name, value] of Object.entries(variables)) process.env[name] ??= value;
    },

    /** Ends it with 0, at once. What it has to say must have been said. */
    end: (): never => endAtOnce(process),

    /** Ends it when it is told to, once `close` is done. No other listener hears the signal. */
    endBy(close: () => Promise<unknown>): void {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.removeAllListeners(signal);
        process.once(signal, () => void close().finally(() => endAtOnce(process)));
      }
    },
  };
}
