import vary from 'vary';
import type { Guard, Visit } from '../http/exchange.ts';

const preflight = {
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-max-age': '86400',
} as const;

function answerPreflight({ req, res }: Visit): true {
  const asked = req.headers['access-control-request-headers'];
  res.writeHead(204, { ...preflight, ...(asked ? { 'access-control-allow-headers': asked } : {}) });
  res.end();
  return true;
}

const isPreflight = ({ req }: Visit): boolean =>
  req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;

/** Answers what browsers ask before a request of another web site; stands before the method gate. */
export const preflightGuard: Guard = (visit) => (isPreflight(visit) ? answerPreflight(visit) : undefined);

/** Any web site may read the answers, refusals among them: it stands before every other guard. */
export const corsGuard: Guard = ({ req, res }) => {
  vary(res, 'Origin');
  if (req.headers.origin !== undefined) res.setHeader('access-control-allow-origin', '*');
  return undefined;
};
