import { asProblem, type Problem } from '../../../common/problem.ts';
import { uncache } from '../../guards/cache_header.ts';
import { answerText } from '../../http/answer.ts';
import type { Exchange } from '../../http/exchange.ts';
import { note } from '../../http/request_log.ts';
import { errorBody, httpStatus } from './errors.ts';
import type { Placeholder } from './placeholder.ts';

const throttled = (exchange: Exchange, problem: Problem): void => {
  exchange.res.setHeader('content-type', 'text/plain; charset=utf-8');
  exchange.res.setHeader('x-content-type-options', 'nosniff');
  answerText(exchange.req, exchange.res, problem.status, `${problem.message}\n`);
};

function asJson({ req, res }: Exchange, problem: Problem): void {
  res.setHeader('content-type', 'application/json');
  answerText(req, res, httpStatus(problem), errorBody(problem));
}

/** Routes that do not exist stay plain 404s, whatever the placeholder. */
const isRouteless = ({ endpoint }: Exchange): boolean => endpoint.kind === 'unknown';

/** Answers a failure: as JSON, or as the placeholder where there is one. */
export async function fail(exchange: Exchange, error: unknown, placeholder?: Placeholder): Promise<void> {
  const { res } = exchange;
  const problem = asProblem(error);
  const cause = problem.status >= 500 ? { error } : {};
  note(res, { door: 'onthefly', code: problem.code, reason: problem.message, ...cause });
  if (res.headersSent) return void res.destroy();
  uncache(exchange);
  if (problem.retryAfter !== undefined) res.setHeader('retry-after', problem.retryAfter);
  if (problem.code === 'rate_limited') return throttled(exchange, problem);
  if (placeholder === undefined || isRouteless(exchange)) return asJson(exchange, problem);
  await placeholder(exchange, problem);
}
