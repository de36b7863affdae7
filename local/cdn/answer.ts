import type { IncomingMessage, ServerResponse } from 'node:http';
import fresh from 'fresh';
import { spanOf } from '../kit/range.ts';
import type { CacheEntry } from './cache.ts';
import { clientCacheControl, type HeaderMap } from './policy.ts';

/** The values of Cloud CDN's variable `cdn_cache_status`, which our Terraform sends as X-Cache-Status. */
export type CacheStatus = 'hit' | 'miss' | 'revalidated' | 'stale' | 'uncacheable';

type Answer = { readonly status: number; readonly headers: HeaderMap };

/** The headers for the client: those of the origin with the client TTL, and those of the CDN. */
export function clientHeaders({ status: code, headers: origin }: Answer, status: CacheStatus) {
  const isCached = status !== 'uncacheable';
  return {
    ...origin,
    ...(isCached ? { 'cache-control': clientCacheControl(code, origin['cache-control']) } : {}),
    via: '1.1 google',
    'x-cache-status': status,
  };
}

/** Responds from a cache entry: 304 to a matching condition, 206 or 416 to a range, HEAD without the body. */
export function answerFrom(
  req: IncomingMessage,
  res: ServerResponse,
  { entry, status, now }: { readonly entry: CacheEntry; readonly status: CacheStatus; readonly now: number },
): void {
  const age = Math.max(0, Math.floor((now - entry.storedAt) / 1000));
  const isServedFromCache = status === 'hit' || status === 'stale';
  const headers: Record<string, string> = {
    ...clientHeaders(entry, status),
    ...(isServedFromCache ? { age: String(age) } : {}),
  };
  if (entry.status === 200 && isUnchanged(req, entry.headers)) {
    const { 'content-length': _, ...rest } = headers;
    return void res.writeHead(304, rest).end();
  }
  const { code, body, extra } = partOf(req, entry);
  res.writeHead(code, { ...headers, ...extra, 'content-length': body.length });
  res.end(req.method === 'HEAD' ? undefined : body);
}

function isUnchanged(req: IncomingMessage, { etag, 'last-modified': modified }: HeaderMap): boolean {
  const tags = req.headers['if-none-match'];
  if (tags !== undefined) return etag !== undefined && fresh({ 'if-none-match': tags }, { etag });
  return Date.parse(modified ?? '') <= Date.parse(req.headers['if-modified-since'] ?? '');
}

function partOf(req: IncomingMessage, { status, headers, body }: CacheEntry) {
  const condition = req.headers['if-range'];
  const isRangeAllowed =
    condition === undefined || [headers.etag, headers['last-modified']].includes(String(condition));
  const wanted = status === 200 && isRangeAllowed ? req.headers.range : undefined;
  const span = spanOf(wanted, body.length);
  if (span === 'whole') return { code: status, body, extra: {} };
  if (span === 'unsatisfiable') {
    return { code: 416, body: Buffer.alloc(0), extra: { 'content-range': `bytes */${body.length}` } };
  }
  const extra = { 'content-range': `bytes ${span.start}-${span.end}/${body.length}` };
  return { code: 206, body: body.subarray(span.start, span.end + 1), extra };
}
