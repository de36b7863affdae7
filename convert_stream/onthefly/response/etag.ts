import { createHash } from 'node:crypto';
import fresh from 'fresh';
import type { Exchange } from '../../http/exchange.ts';
import { version } from '../../http/version.ts';

/** A strong tag of an answer, from what it is made of. */
export const tagOf = (parts: readonly string[]): string =>
  `"${createHash('sha256')
    .update(JSON.stringify([version, ...parts]))
    .digest('base64url')
    .slice(0, 27)}"`;

/**
 * Whether the client already has this answer. A client that sends `Cache-Control: no-cache` too wants it validated,
 * not made again; `fresh` alone would make it.
 */
export const isKnown = ({ req }: Exchange, etag: string): boolean =>
  fresh({ 'if-none-match': req.headers['if-none-match'] }, { etag });
