import { readConfig } from './config.ts';
import type { FieldTable, ValuesOf } from './field.ts';
import { asProblem } from './problem.ts';

const exitCodes = { done: 0, broken: 1, settings: 2 } as const;

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

    /** Ends it when it is told to, once `close` is done. */
    endBy(close: () => Promise<unknown>): void {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.once(signal, async () => {
          await close();
          process.exit(exitCodes.done);
        });
      }
    },
  };
}
