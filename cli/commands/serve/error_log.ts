import { type Log, silent } from '../../../common/log/log.ts';

/** Lines for people, on standard error: standard output has Imaginary's request log. */
export function errorLog(err: (text: string) => void): Log {
  const say = (facts: object, text: string): void => {
    const { error, reason = error } = facts as { readonly error?: Error; readonly reason?: unknown };
    err(`${text}: ${reason instanceof Error ? reason.message : reason}`);
  };
  return { ...silent, info: (_facts, text) => err(text), warn: say, error: say };
}
