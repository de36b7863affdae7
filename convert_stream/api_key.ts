import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';

/** Equal lengths, whatever was sent: timing tells nothing, not even the length. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const isSame = (given: string, secret: string): boolean =>
  timingSafeEqual(digest(given), digest(secret));

/** The key that came with the request's head: header `API-Key`, else `key` of the query. */
export function keyOf(req: Pick<Request, 'headers' | 'query'>): string | undefined {
  const header = req.headers['api-key'];
  if (typeof header === 'string' && header !== '') return header;
  const { key } = req.query;
  return typeof key === 'string' && key !== '' ? key : undefined;
}
