import vary from 'vary';
import type { Guard, GuardedExchange } from '../http/exchange.ts';

const preflight = {
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-max-age': '86400',
} as const;

function answerPreflight({ req, res }: GuardedExchange): true {
  const requestHeaders = req.headers['access-control-request-headers'];
  res.writeHead(204, {
    ...preflight,
    ...(requestHeaders ? { 'access-control-allow-headers': requestHeaders } : {}),
  });
  res.end();
  return true;
}

const isPreflight = ({ req }: GuardedExchange): boolean =>
  req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined;

/** Answers the preflight request that browsers send for another web site. It must run before `methodGuard`. */
export const preflightGuard: Guard = (exchange) =>
  isPreflight(exchange) ? answerPreflight(exchange) : undefined;

/** Lets any web site read the answers. It must run first, so that a page can read refusals too. */
export const corsGuard: Guard = ({ req, res }) => {
  vary(res, 'Origin');
  if (req.headers.origin !== undefined) res.setHeader('access-control-allow-origin', '*');
  return undefined;
};
