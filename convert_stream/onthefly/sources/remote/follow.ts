import { type Dispatcher, request } from 'undici';
import { Problem } from '../../../../common/problem.ts';
import { orAborted } from '../../../../common/streams/abort.ts';
import { version } from '../../../http/version.ts';
import { failed, type Method } from './failure.ts';
import type { Names } from './names.ts';
import { type AllowsOrigin, shownOrigin } from './origins.ts';
import { parseUrl, takeUserinfo } from './url.ts';

export interface FollowOptions {
  readonly dispatcher: Dispatcher;
  readonly names: Names;
  readonly allowsOrigin: AllowsOrigin;
  readonly maxRedirects: number;
}

export type Headers = Readonly<Record<string, string>>;

export interface RemoteRequest {
  readonly method: Method;
  /** For the first URL's origin only: all of them may be secrets. */
  readonly headers: Headers;
  readonly signal: AbortSignal;
}

const redirects = new Set([301, 302, 303, 307, 308]);

/** A header comes with one character a byte; raw UTF-8 in it means the escapes of its bytes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII.
const notAscii = /[^\x00-\x7f]/g;
const escapeBytes = (location: string): string =>
  location.replace(notAscii, (byte) => `%${byte.charCodeAt(0).toString(16)}`);

/** The URL that an answer redirects to; undefined for any other answer. */
function nextUrl({ statusCode, headers }: Dispatcher.ResponseData, url: URL): URL | undefined {
  const { location } = headers;
  if (!redirects.has(statusCode) || location === undefined) return undefined;
  return parseUrl(new URL(escapeBytes([location].flat()[0] ?? ''), url).href);
}

/** One request, without redirects. The name's lookup ends with it. */
async function ask(url: URL, { method, headers, signal }: RemoteRequest, options: FollowOptions) {
  if (!options.allowsOrigin(url))
    throw new Problem('remote_failed', `not allowed remote URL origin: ${shownOrigin(url)}`);
  using _ = options.names.want(url.hostname);
  const { dispatcher } = options;
  const sent = { 'user-agent': `imaginary/${version}`, ...headers };
  // undici hears of an abort only once it has a connection.
  return await orAborted(request(url, { method, headers: sent, dispatcher, signal }), signal);
}

export interface Answer {
  readonly answer: Dispatcher.ResponseData;
  /** Without name and password. */
  readonly url: URL;
}

/**
 * The last answer of a chain of redirects. Each URL is checked against the list of origins, and each address when
 * connecting. Headers go to the first URL's origin (scheme, host and port) and stay away from the first other one on;
 * a name and password in a URL go as Basic authentication to its own origin, unless there is an Authorization.
 */
export async function follow(start: URL, first: RemoteRequest, options: FollowOptions): Promise<Answer> {
  let { url, authorization } = takeUserinfo(start);
  let headers: Headers = { ...authorization, ...first.headers };
  for (let hops = 0; ; hops += 1) {
    const answer = await ask(url, { ...first, headers }, options);
    const next = nextUrl(answer, url);
    if (next === undefined) return { answer, url };
    await answer.body.dump();
    if (hops === options.maxRedirects) throw failed(first.method, `stopped after ${hops} redirects`);
    const { origin } = url;
    ({ url, authorization } = takeUserinfo(next));
    headers = url.origin === origin ? { ...authorization, ...headers } : authorization;
  }
}
