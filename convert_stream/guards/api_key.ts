import { createHash, timingSafeEqual } from 'node:crypto';
import vary from 'vary';
import { Problem } from '../../common/problem.ts';
import type { Visit } from '../http/exchange.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether it is one of the keys. All are compared, as hashes of one length: the time tells nothing. */
const isOneOf = (given: string, keys: readonly string[]): boolean =>
  keys.map((key) => timingSafeEqual(digest(given), digest(key))).includes(true);

/**
 * The key that came with the request's head: header `API-Key`, else `key` of the query. A query is part of what
 * caches know an answer by; of a header they have to be told, or they would give the answer to those without a key.
 */
export function keyOf({ req, res, query }: Pick<Visit, 'req' | 'res' | 'query'>): string | undefined {
  const header = req.headers['api-key'];
  if (header) vary(res, 'API-Key');
  return String(header || query.texts.get('key') || '') || undefined;
}

/** @throws Problem `unauthorized` unless it is one of the keys. */
export function checkKey(given: string, keys: readonly string[]): void {
  if (!isOneOf(given, keys)) throw new Problem('unauthorized', 'Invalid or missing API key');
}
