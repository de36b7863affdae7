import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '../../common/problem.ts';
import { type Pair, readPairs } from '../http/query.ts';

/** Length of the shortest key, in characters: Imaginary's rule. */
export const minKeyLength = 32;

const needsNoEscape = /^[\w.~-]*$/;
const reserved = /[^\w.~-]/g;

/** Escapes as Go's url.QueryEscape: keeps letters, digits and `-_.~`; a space becomes `+`. */
const escapeByte = (byte: string): string =>
  byte === ' ' ? '+' : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
const escapeBytes = (bytes: string): string =>
  needsNoEscape.test(bytes) ? bytes : bytes.replace(reserved, escapeByte);

const byName = ([a]: Pair, [b]: Pair): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** The query that is signed: without `sign`, sorted by name (bytes), values of a name in their order. */
export const canonicalQuery = (pairs: readonly Pair[]): string =>
  pairs
    .filter(([name]) => name !== 'sign')
    .toSorted(byName)
    .map(([name, value]) => `${escapeBytes(name)}=${escapeBytes(value)}`)
    .join('&');

/** HMAC-SHA256 of the decoded path and the canonical query, with nothing between them. */
const mac = (key: string, path: string, pairs: readonly Pair[]): Buffer =>
  createHmac('sha256', key).update(path).update(canonicalQuery(pairs)).digest();

/** The value of `sign` for a path (decoded, with its prefix) and a raw query without `?`. */
export const createSignature = (key: string, path: string, query: string): string =>
  mac(key, path, readPairs(query)).toString('base64url');

/** Endpoints whose paths end with a name. */
export const namedEndpoints: readonly string[] = ['images', 'preset'];

/** The signed text of a path that ends with a name: the mark separates the name from the query. */
export const signedNamePath = (path: string): string => `${path}?`;

const base64url = /^[\w-]*$/;

/** Refuses what Go's decoder refuses: padding, other characters, and a last group of one character. */
function decodeSignature(sign: string): Buffer {
  if (!base64url.test(sign) || sign.length % 4 === 1)
    throw new Problem('invalid_param', 'Invalid URL signature');
  return Buffer.from(sign, 'base64url');
}

/**
 * Checks `sign` of a request with every key, in constant time.
 * @throws Problem `invalid_param` when it is not base64url, `forbidden` when it belongs to no key.
 */
export function verifySignature(keys: readonly string[], path: string, pairs: readonly Pair[]): void {
  const signature = decodeSignature(pairs.find(([name]) => name === 'sign')?.[1] ?? '');
  const matches = keys.map((key) => {
    const right = mac(key, path, pairs);
    return signature.length === right.length && timingSafeEqual(signature, right);
  });
  if (!matches.includes(true)) throw new Problem('forbidden', 'URL signature mismatch');
}
