import { byName, queryText } from './query.ts';

export interface SignOptions {
  /** The service's URL_SIGNATURE_KEY, at least 32 characters. It must not reach a browser. */
  readonly key: string;
  /** Seconds for which the URL is valid. Default: without limit. */
  readonly expiresIn?: number;
  /** The service's path prefix. It matters where that contains `/images/` or `/preset/`. */
  readonly prefix?: string;
}

const minKeyLength = 32;

/** The decoded path of an address. */
export const pathOf = (address: string): string =>
  decodeURIComponent(address.replace(/^([a-z]+:)?\/\/[^/]*/i, ''));

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const base64url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/**
 * Returns a function that signs URLs of a service with WebCrypto (HMAC-SHA256 of the decoded path and the sorted query).
 * It keeps the order of the query, and drops a `sign` and an `expires` that are there already.
 * @throws RangeError for a key that the service would not take.
 */
export function createSigner({ key, expiresIn, prefix }: SignOptions): (url: string) => Promise<string> {
  const length = key?.length ?? 0;
  if (length < minKeyLength)
    throw new RangeError(`key: expected at least ${minKeyLength} characters, got ${length}`);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const secret = crypto.subtle.importKey('raw', bytesOf(key), algorithm, false, ['sign']);
  return async (url) => {
    const [address = '', query = ''] = url.split(/\?(.*)/s, 2);
    const given = [...new URLSearchParams(query)].filter(
      ([name]) => name !== 'sign' && !(expiresIn && name === 'expires'),
    );
    const until = String(Math.floor(Date.now() / 1000) + (expiresIn ?? 0));
    const pairs = expiresIn ? [...given, ['expires', until] as const] : given;
    const path = pathOf(address);
    // The mark separates a name from the query.
    const route = prefix && path.startsWith(prefix) ? path.slice(prefix.length) : path;
    const named = prefix === undefined ? /\/(?:images|preset)\/./ : /^\/(?:images|preset)\/./;
    const end = named.test(route) ? '?' : '';
    const mac = await crypto.subtle.sign(
      'HMAC',
      await secret,
      bytesOf(path + end + queryText(pairs.toSorted(byName))),
    );
    return `${address}?${queryText([...pairs, ['sign', base64url(mac)]])}`;
  };
}
