import { Problem } from '../../common/problem.ts';
import type { Guard, GuardedExchange } from '../http/exchange.ts';

const getNotAllowed =
  'GET method not allowed. Make sure remote URL source is enabled by using the flag: -enable-url-source';
const methodNotAllowed =
  'HTTP method not allowed. Try with a POST or GET method (-enable-url-source flag must be defined)';

const isGet = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

/** RFC 9110 requires every 405 to name the allowed methods. */
function refuse({ res }: GuardedExchange, allowed: string, message: string): never {
  res.setHeader('allow', allowed);
  throw new Problem('method_not_allowed', message);
}

/** Refuses GET of pictures when no source is configured that GET could read from. */
export const getGuard =
  (hasSources: boolean): Guard =>
  (exchange) =>
    !hasSources && exchange.endpoint.kind === 'image' && isGet(exchange.req.method)
      ? refuse(exchange, 'POST', getNotAllowed)
      : undefined;

/** Refuses methods other than GET, HEAD and POST. */
export const methodGuard =
  (hasSources: boolean): Guard =>
  (exchange) => {
    const { req, endpoint } = exchange;
    if (isGet(req.method) || req.method === 'POST') return undefined;
    return refuse(
      exchange,
      hasSources || endpoint.kind !== 'image' ? 'GET, HEAD, POST' : 'POST',
      methodNotAllowed,
    );
  };
