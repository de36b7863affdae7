import { Problem } from '../../common/problem.ts';
import type { Guard } from './exchange.ts';

const getRefused =
  'GET method not allowed. Make sure remote URL source is enabled by using the flag: -enable-url-source';
const otherRefused =
  'HTTP method not allowed. Try with a POST or GET method (-enable-url-source flag must be defined)';

const isGet = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

/** Pictures are read by GET only where there is something to read them from. */
export const getGuard =
  (hasSources: boolean): Guard =>
  ({ req, endpoint }) => {
    if (!hasSources && endpoint.kind === 'image' && isGet(req.method))
      throw new Problem('method_not_allowed', getRefused);
    return undefined;
  };

export const methodGuard: Guard = ({ req }) => {
  if (!isGet(req.method) && req.method !== 'POST') throw new Problem('method_not_allowed', otherRefused);
  return undefined;
};
