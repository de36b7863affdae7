import { asProblem, type Problem } from '../../../common/problem.ts';
import { preventCaching } from '../../guards/cache_header.ts';
import { answerText } from '../../http/answer.ts';
import type { Exchange } from '../../http/exchange.ts';
import { note } from '../../http/request_log.ts';
import { errorBody, httpStatus } from './errors.ts';
import type { Placeholder } from './placeholder.ts';

const sendRateLimited = (exchange: Exchange, problem: Problem): void => {
  exchange.res.setHeader('content-type', 'text/plain; charset=utf-8');
  exchange.res.setHeader('x-content-type-options', 'nosniff');
  answerText(exchange.req, exchange.res, problem.status, `${problem.message}\n`);
};

function sendJson({ req, res }: Exchange, problem: Problem): void {
  res.setHeader('content-type', 'application/json');
  answerText(req, res, httpStatus(problem), errorBody(problem));
}

/** Paths without an endpoint get a plain 404, never the placeholder. */
const isUnknownPath = ({ endpoint }: Exchange): boolean => endpoint.kind === 'unknown';

/** Answers a failure as JSON, or with the placeholder if one is configured. */
export async function sendFailure(
  exchange: Exchange,
  error: unknown,
  placeholder?: Placeholder,
): Promise<void> {
  const { res } = exchange;
  const problem = asProblem(error);
  const cause = problem.status >= 500 ? { error } : {};
  note(res, { door: 'onthefly', code: problem.code, reason: problem.message, ...cause });
  if (res.headersSent) return void res.destroy();
  preventCaching(exchange);
  if (problem.retryAfter !== undefined) res.setHeader('retry-after', problem.retryAfter);
  if (problem.code === 'rate_limited') return sendRateLimited(exchange, problem);
  if (placeholder === undefined || isUnknownPath(exchange)) return sendJson(exchange, problem);
  await placeholder(exchange, problem);
}
