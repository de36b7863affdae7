import { Problem } from '../../common/problem.ts';
import type { Guard, Visit } from '../http/exchange.ts';

const getRefused =
  'GET method not allowed. Make sure remote URL source is enabled by using the flag: -enable-url-source';
const otherRefused =
  'HTTP method not allowed. Try with a POST or GET method (-enable-url-source flag must be defined)';

const isGet = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

/** RFC 9110 wants every 405 to say what is allowed. */
function refuse({ res }: Visit, allowed: string, message: string): never {
  res.setHeader('allow', allowed);
  throw new Problem('method_not_allowed', message);
}

/** Pictures are read by GET only where there is something to read them from. */
export const getGuard =
  (hasSources: boolean): Guard =>
  (visit) =>
    !hasSources && visit.endpoint.kind === 'image' && isGet(visit.req.method)
      ? refuse(visit, 'POST', getRefused)
      : undefined;

export const methodGuard =
  (hasSources: boolean): Guard =>
  (visit) => {
    const { req, endpoint } = visit;
    if (isGet(req.method) || req.method === 'POST') return undefined;
    return refuse(visit, hasSources || endpoint.kind !== 'image' ? 'GET, HEAD, POST' : 'POST', otherRefused);
  };
