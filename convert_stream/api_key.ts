import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether it is one of the keys. All are compared, as hashes of one length: the time tells nothing. */
export const isOneOf = (given: string, keys: readonly string[]): boolean =>
  keys.map((key) => timingSafeEqual(digest(given), digest(key))).includes(true);

/** The key that came with the request's head: header `API-Key`, else `key` of the query. */
export function keyOf(req: Pick<Request, 'headers' | 'query'>): string | undefined {
  const header = req.headers['api-key'];
  if (typeof header === 'string' && header !== '') return header;
  const { key } = req.query;
  return typeof key === 'string' && key !== '' ? key : undefined;
}
