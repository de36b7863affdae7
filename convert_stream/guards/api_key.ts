import { createHash, timingSafeEqual } from 'node:crypto';
import vary from 'vary';
import { Problem } from '../../common/problem.ts';
import type { GuardedExchange } from '../http/exchange.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares with every key, as hashes of one length, so that the time reveals nothing. */
const isAnyOf = (key: string, keys: readonly string[]): boolean =>
  keys.map((one) => timingSafeEqual(digest(key), digest(one))).includes(true);

/**
 * The key in the request's head: header `API-Key`, else `key` of the query. Caches tell answers apart by the query, but
 * not by a header unless `Vary` names it: they would give the answer to clients without a key.
 */
export function apiKeyIn({
  req,
  res,
  query,
}: Pick<GuardedExchange, 'req' | 'res' | 'query'>): string | undefined {
  const header = req.headers['api-key'];
  if (header) vary(res, 'API-Key');
  return String(header || query.texts.get('key') || '') || undefined;
}

/** @throws Problem `unauthorized` unless it is one of the keys. */
export function checkApiKey(key: string, keys: readonly string[]): void {
  if (!isAnyOf(key, keys)) throw new Problem('unauthorized', 'Invalid or missing API key');
}
