import { createHash } from 'node:crypto';
import fresh from 'fresh';
import type { Exchange } from '../../http/exchange.ts';
import { version } from '../../http/version.ts';

/** A strong ETag of an answer, from everything that determines it. */
export const computeEtag = (parts: readonly string[]): string =>
  `"${createHash('sha256')
    .update(JSON.stringify([version, ...parts]))
    .digest('base64url')
    .slice(0, 27)}"`;

/**
 * Whether the client already has this answer. A client that also sends `Cache-Control: no-cache` asks for validation,
 * for which `fresh` alone would make the answer again.
 */
export const clientHas = ({ req }: Exchange, etag: string): boolean =>
  fresh({ 'if-none-match': req.headers['if-none-match'] }, { etag });

/** Whether the client asks only if there is no answer (`*`); whether there is one is known when it is made. */
export const asksForNone = ({ req }: Exchange): boolean => req.headers['if-none-match'] === '*';
