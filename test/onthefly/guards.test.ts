import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { Problem } from '../../common/problem.ts';
import { cacheGuard } from '../../convert_stream/guards/cache_header.ts';
import { rateLimitGuard } from '../../convert_stream/guards/rate_limit.ts';
import type { Exchange, Guard } from '../../convert_stream/http/exchange.ts';
import { readQuery } from '../../convert_stream/http/query.ts';
import { closeAtEnd, get, picture, startServer } from './setup.ts';

/** A web site of one picture. */
async function site(): Promise<string> {
  const body = await picture();
  const server = createServer((_req, res) => res.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closeAtEnd({ close: () => server.closeAllConnections() ?? server.close() });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function exchange(method: string, name: string, query = ''): Exchange {
  const req = Object.assign(new IncomingMessage(new Socket()), { method });
  const endpoint = { name, kind: 'image', answer: () => {} } as const;
  return { req, res: new ServerResponse(req), path: `/${name}`, query: readQuery(query), endpoint };
}

/** `ok`, or the code and the seconds to wait. */
function outcome(guard: Guard, method = 'GET', name = 'resize'): unknown {
  try {
    guard(exchange(method, name));
    return 'ok';
  } catch (error) {
    return error instanceof Problem ? [error.code, error.retryAfter] : error;
  }
}

test('a burst passes, then as many as the rate allows', () => {
  let time = 1_000_000;
  const guard = rateLimitGuard({ perSecond: 2, burst: 2, now: () => time });
  const refused = ['rate_limited', 1];
  expect([1, 2, 3, 4].map(() => outcome(guard))).toEqual(['ok', 'ok', 'ok', refused]);
  time += 499;
  expect(outcome(guard)).toEqual(refused);
  time += 1;
  expect([outcome(guard), outcome(guard)]).toEqual(['ok', refused]);
  time += 60_000;
  expect([1, 2, 3, 4].map(() => outcome(guard))).toEqual(['ok', 'ok', 'ok', refused]);
});

test('every path and method has a bucket of its own', () => {
  const guard = rateLimitGuard({ perSecond: 1, burst: 0, now: () => 5 });
  const seen = [outcome(guard), outcome(guard, 'POST'), outcome(guard, 'GET', 'crop'), outcome(guard)];
  expect(seen).toEqual(['ok', 'ok', 'ok', ['rate_limited', 1]]);
});

test.each([
  ['a header', '/resize?width=9&url=SITE', { 'api-key': 'k' }, 'API-Key'],
  ['a query', '/resize?width=9&key=k&url=SITE', {}, undefined],
])('caches are told of a key that comes as %s', async (_how, path, headers, vary) => {
  const { url } = await startServer(['-key', 'k', '-http-cache-ttl', '60', '-enable-url-source']);
  const answer = await get(url, path.replace('SITE', await site()), headers);
  expect([answer.status, answer.headers.vary]).toEqual([200, vary]);
  expect(answer.headers['cache-control']).toBe('public, s-maxage=60, max-age=60, no-transform');
});

test('Vary names the headers that are forwarded when a picture is fetched', async () => {
  const { url } = await startServer([
    '-enable-url-source',
    '-enable-auth-forwarding',
    '-forward-headers',
    'X-Token',
  ]);
  const ask = async (path: string) => (await get(url, path)).headers.vary;
  const varies = 'X-Token, X-Forward-Authorization, Authorization';
  const path = `/resize?width=9&url=${await site()}`;
  expect([await ask(path), await ask(`${path}&type=auto`)]).toEqual([varies, `Accept, ${varies}`]);
});

test.each([
  [3600, '', 'public, s-maxage=3600, max-age=3600, no-transform'],
  [3600, 'expires=1060', 'public, s-maxage=60, max-age=60, no-transform'],
  [3600, 'expires=999999', 'public, s-maxage=3600, max-age=3600, no-transform'],
  [3600, 'expires=1000', 'private, no-cache, no-store, must-revalidate'],
  [0, '', 'private, no-cache, no-store, must-revalidate'],
])('with a TTL of %d, an answer to ?%s is kept as %s', (ttl, query, header) => {
  const asked = exchange('GET', 'resize', query);
  cacheGuard(ttl, () => 1_000_000)(asked);
  expect(asked.res.getHeader('cache-control')).toBe(header);
});
