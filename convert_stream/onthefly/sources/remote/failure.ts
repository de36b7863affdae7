import { Problem } from '../../../../common/problem.ts';

/** How errors begin, by method. */
export const titles = {
  GET: 'error fetching remote http image',
  HEAD: 'error fetching remote http image headers',
} as const;
export type Method = keyof typeof titles;

export const remoteProblem = (method: Method, reason: string, cause?: unknown): Problem =>
  new Problem('remote_failed', `${titles[method]}: ${reason}`, { cause });

/** Sentences for codes of the client and of zlib, whose own messages name parts of them. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^UND_ERR_SOCKET$|^ECONNRESET$|^EPIPE$/,
    'the server closed the connection before its answer was complete',
  ],
  [/^UND_ERR_HEADERS_OVERFLOW$/, 'the headers of the answer are too long'],
  [/^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$|^ETIMEDOUT$/, 'the server did not answer in time'],
  [/^HPE_/, 'the answer is no valid HTTP'],
  [/^Z_BUF_ERROR$/, 'the packed answer ends too early'],
  [/^Z_/, 'the answer is not packed as its Content-Encoding says'],
];

function reasonOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError') return 'the server did not answer in time';
  if (typeof code !== 'string') return message || name;
  return reasons.find(([pattern]) => pattern.test(code))?.[1] ?? `${code}: ${message}`;
}

/** Turns any failure of `work` into an error of the remote server. */
export async function explainFailure<T>(method: Method, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Problem ? error : remoteProblem(method, reasonOf(error), error);
  }
}
