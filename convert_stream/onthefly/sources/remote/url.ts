import { unescapeBytes } from '../../../../common/escapes.ts';
import { Problem } from '../../../../common/problem.ts';

const scheme = /^[a-z][a-z0-9+.-]*:/i;
const fetchable = /^https?:\/\//i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those that Go's parser refuses and ours would drop.
const control = /[\x00-\x1f\x7f]/;

const noScheme = (text: string): Problem =>
  new Problem(
    'remote_failed',
    `error fetching remote http image: unsupported protocol scheme ${JSON.stringify(scheme.exec(text)?.[0].slice(0, -1) ?? '')}`,
  );

/**
 * The URL of a picture. What is checked later is what is fetched: dot segments are gone, the host is plain.
 * @throws Problem `invalid_param` when it is none, `remote_failed` when it is not http.
 */
export function parseUrl(text: string): URL {
  const invalid = new Problem('invalid_param', 'Invalid image URL');
  if (text.startsWith(':') || control.test(text)) throw invalid;
  if (!fetchable.test(text)) throw noScheme(text);
  try {
    return new URL(text);
  } catch {
    throw invalid;
  }
}

/** Go refuses a broken escape; `URL` keeps it. A plus is a plus here. */
function userinfoPart(text: string): Buffer {
  const bytes = unescapeBytes(text.replaceAll('+', '%2b'));
  if (bytes === undefined) throw new Problem('invalid_param', 'Invalid image URL');
  return Buffer.from(bytes, 'latin1');
}

export interface TakenApart {
  /** Without name and password, so that no message or log can show them. */
  readonly url: URL;
  /** Both as the header that they mean, RFC 7617; empty without them. */
  readonly authorization: { readonly authorization?: string };
}

/** @throws Problem `invalid_param` for a broken escape in name or password. */
export function takeUserinfo(whole: URL): TakenApart {
  const { username, password } = whole;
  if (username === '' && password === '') return { url: whole, authorization: {} };
  const url = new URL(whole);
  url.username = '';
  url.password = '';
  const pair = Buffer.concat([userinfoPart(username), Buffer.from(':'), userinfoPart(password)]);
  return { url, authorization: { authorization: `Basic ${pair.toString('base64')}` } };
}
