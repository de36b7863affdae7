import { accessSync, constants } from 'node:fs';
import nodeModule from 'node:module';
import { readConfig } from './fields/config.ts';
import type { FieldTable, ValuesOf } from './fields/field.ts';
import { asProblem } from './problem.ts';

const exitCodes = { done: 0, broken: 1, settings: 2 } as const;

/** Programs that exit with 0 and do nothing else. */
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
 * Exits with status 0 without waiting for threads. process.exit() joins the threads of libuv, which may be inside a
 * codec for seconds; replacing the process image ends them at once.
 */
function exitAtOnce(process: NodeJS.Process): never {
  const file = trueFiles.find(canRun);
  if (process.execve && file) {
    nodeModule.flushCompileCache?.();
    // execve runs no exit listeners.
    process.emit('exit', exitCodes.done);
    process.execve(file, [file], {});
  }
  return process.exit(exitCodes.done);
}

/** Settings, signals and exit of a service's process. Only entry files call it. */
export function controlProcess(process: NodeJS.Process) {
  /** Prints the error's message without a stack and exits with status 2: for mistakes in settings. */
  function exitWithMessage(error: unknown): never {
    const { message } = error instanceof Error ? error : asProblem(error);
    process.stderr.write(`${message}\n`);
    return process.exit(exitCodes.settings);
  }

  return {
    exitWithMessage,
    /** Exits with status 1 after an unexpected failure that was already logged. */
    exitAfterFailure: (): never => process.exit(exitCodes.broken),

    /** Reads the settings from the environment. `check` throws when settings contradict each other. */
    readSettings<T extends FieldTable>(
      fields: T,
      check: (config: ValuesOf<T>) => void = () => {},
    ): ValuesOf<T> {
      try {
        const config = readConfig(fields, process.env);
        check(config);
        return config;
      } catch (error) {
        return exitWithMessage(error);
      }
    },

    /** Sets environment variables that are not set yet. */
    setDefaults(variables: Readonly<Record<string, string>>): void {
      for (const [name, value] of Object.entries(variables)) process.env[name] ??= value;
    },

    /**
     * Starts the program anew with variables that are read when a process starts, such as those of glibc's allocator.
     * Does nothing where they are set already, or where a process cannot be replaced. It costs about 20 ms.
     */
    restartWith(variables: Readonly<Record<string, string>>): void {
      const { env, execPath, execArgv, argv, platform } = process;
      const isSet = Object.keys(variables).every((name) => env[name] !== undefined);
      if (isSet || platform !== 'linux' || !process.execve) return;
      process.emit('exit', exitCodes.done);
      process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...variables, ...env });
    },

    /** Exits with status 0 at once. All output must be written by then. */
    exit: (): never => exitAtOnce(process),

    /** Closes, then exits, on SIGTERM or SIGINT. Replaces all other listeners of these signals. */
    exitOnSignal(close: () => Promise<unknown>): void {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.removeAllListeners(signal);
        process.once(signal, () => void close().finally(() => exitAtOnce(process)));
      }
    },
  };
}
