import { unescapeBytes } from '../../../../common/escapes.ts';
import { Problem } from '../../../../common/problem.ts';

const scheme = /^[a-z][a-z0-9+.-]*:/i;
const fetchable = /^https?:\/\//i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those that Go's parser refuses and `URL` would drop.
const control = /[\x00-\x1f\x7f]/;

const noScheme = (text: string): Problem =>
  new Problem(
    'remote_failed',
    `error fetching remote http image: unsupported protocol scheme ${JSON.stringify(scheme.exec(text)?.[0].slice(0, -1) ?? '')}`,
  );

/**
 * Parses the URL of a picture. Dot segments are resolved and the host is normalised, so that the URL that is checked is
 * the URL that is fetched. @throws Problem `invalid_param` for malformed URLs, `remote_failed` for other schemes.
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

/** Refuses an invalid escape, as Go does; `URL` keeps it. A plus stays a plus. */
function decodeUserinfo(text: string): Buffer {
  const bytes = unescapeBytes(text.replaceAll('+', '%2b'));
  if (bytes === undefined) throw new Problem('invalid_param', 'Invalid image URL');
  return Buffer.from(bytes, 'latin1');
}

export interface UrlParts {
  /** Without name and password, so that no message or log can show them. */
  readonly url: URL;
  /** Name and password as a header (RFC 7617); empty without them. */
  readonly authorization: { readonly authorization?: string };
}

/** Takes name and password out of a URL. @throws Problem `invalid_param` for an invalid escape in them. */
export function splitUserinfo(whole: URL): UrlParts {
  const { username, password } = whole;
  if (username === '' && password === '') return { url: whole, authorization: {} };
  const url = new URL(whole);
  url.username = '';
  url.password = '';
  const pair = Buffer.concat([decodeUserinfo(username), Buffer.from(':'), decodeUserinfo(password)]);
  return { url, authorization: { authorization: `Basic ${pair.toString('base64')}` } };
}
