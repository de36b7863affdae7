import { Problem } from '../../../../common/problem.ts';

/** How errors begin, by method. */
export const titles = {
  GET: 'error fetching remote http image',
  HEAD: 'error fetching remote http image headers',
} as const;
export type Method = keyof typeof titles;

export const remoteProblem = (method: Method, reason: string, cause?: unknown): Problem =>
  new Problem('remote_failed', `${titles[method]}: ${reason}`, { cause });

function reasonOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? `${code}: ${message}` : message || name;
}

/** Turns any failure of `work` into an error of the remote server. */
export async function explainFailure<T>(method: Method, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Problem ? error : remoteProblem(method, reasonOf(error), error);
  }
}
