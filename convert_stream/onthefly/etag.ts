import { createHash } from 'node:crypto';
import type { Exchange } from './exchange.ts';
import { version } from './version.ts';

/** A strong tag of an answer, from what it is made of. */
export const tagOf = (parts: readonly string[]): string =>
  `"${createHash('sha256')
    .update(JSON.stringify([version, ...parts]))
    .digest('base64url')
    .slice(0, 27)}"`;

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Whether the client already has this answer. */
export function isKnown({ req }: Exchange, tag: string): boolean {
  const known = req.headers['if-none-match'];
  if (known === undefined) return false;
  return known.trim() === '*' || known.split(',').map(opaque).includes(tag);
}
