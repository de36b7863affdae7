import { types } from 'node:util';
import { asProblem, Problem, type ProblemCode } from '../common/problem.ts';

/** Codes whose message hides what a person at a terminal should know: credentials, permissions, addresses. */
const hiding: readonly ProblemCode[] = ['storage_unavailable', 'queue_unavailable', 'internal'];

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** What went wrong, in one line. */
export function explain(error: unknown): string {
  const { code, message, cause } = asProblem(error);
  const reason = types.isNativeError(cause) ? firstLine(cause.message) : '';
  if (!(error instanceof Problem)) return reason || message;
  return hiding.includes(code) && reason ? `${message} (${reason})` : message;
}
