import { Problem } from '../../../../common/problem.ts';

/** What a fetch is called in its errors. */
export const titles = {
  GET: 'error fetching remote http image',
  HEAD: 'error fetching remote http image headers',
} as const;
export type Method = keyof typeof titles;

export const failed = (method: Method, reason: string, cause?: unknown): Problem =>
  new Problem('remote_failed', `${titles[method]}: ${reason}`, { cause });

function reasonOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? `${code}: ${message}` : message || name;
}

/** Any failure of `work` in words that name the remote server, not this service. */
export async function explainFailure<T>(method: Method, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Problem ? error : failed(method, reasonOf(error), error);
  }
}
