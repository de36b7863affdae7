import { type Dispatcher, request } from 'undici';
import { Problem } from '../../../../common/problem.ts';
import { orAborted } from '../../../../common/streams/abort.ts';
import { version } from '../../../http/version.ts';
import { type Method, remoteProblem } from './failure.ts';
import { type AllowsOrigin, describeOrigin } from './origins.ts';
import type { SharedLookups } from './shared_lookups.ts';
import { parseUrl, splitUserinfo } from './url.ts';

export interface FollowOptions {
  readonly dispatcher: Dispatcher;
  readonly lookups: SharedLookups;
  readonly allowsOrigin: AllowsOrigin;
  readonly maxRedirects: number;
}

export type RequestHeaders = Readonly<Record<string, string>>;

export interface RemoteRequest {
  readonly method: Method;
  /** Sent to the first URL's origin only: any of them may be a secret. */
  readonly headers: RequestHeaders;
  readonly signal: AbortSignal;
}

const redirects = new Set([301, 302, 303, 307, 308]);

/** Escapes raw UTF-8 in a header, which has one character for each byte. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII.
const notAscii = /[^\x00-\x7f]/g;
const escapeBytes = (location: string): string =>
  location.replace(notAscii, (byte) => `%${byte.charCodeAt(0).toString(16)}`);

/** The URL that an answer redirects to; undefined if it is not a redirect. */
function nextUrl({ statusCode, headers }: Dispatcher.ResponseData, url: URL): URL | undefined {
  const { location } = headers;
  if (!redirects.has(statusCode) || location === undefined) return undefined;
  return parseUrl(new URL(escapeBytes([location].flat()[0] ?? ''), url).href);
}

/** @throws Problem `remote_failed` for a URL that may not be fetched. */
function checkOrigin(url: URL, allowsOrigin: AllowsOrigin): void {
  if (!allowsOrigin(url))
    throw new Problem('remote_failed', `not allowed remote URL origin: ${describeOrigin(url)}`);
}

/** Sends one request, without redirects. The lookup of the name ends with it. */
async function requestOnce(url: URL, { method, headers, signal }: RemoteRequest, options: FollowOptions) {
  checkOrigin(url, options.allowsOrigin);
  using _ = options.lookups.join(url.hostname);
  const { dispatcher } = options;
  const sent = { 'user-agent': `imaginary/${version}`, ...headers };
  // undici notices an abort only after it has connected.
  return await orAborted(request(url, { method, headers: sent, dispatcher, signal }), signal);
}

export interface RemoteAnswer {
  readonly answer: Dispatcher.ResponseData;
  /** Without name and password. */
  readonly url: URL;
}

/**
 * Follows redirects to the last answer. Each URL is checked against the list of origins, and each address when
 * connecting. Headers go to the first URL's origin (scheme, host and port) only, until the first other origin. Name and
 * password of a URL become Basic authentication for its own origin, unless there is an Authorization.
 */
export async function follow(
  start: URL,
  first: RemoteRequest,
  options: FollowOptions,
): Promise<RemoteAnswer> {
  let { url, authorization } = splitUserinfo(start);
  let headers: RequestHeaders = { ...authorization, ...first.headers };
  for (let hops = 0; ; hops += 1) {
    const answer = await requestOnce(url, { ...first, headers }, options);
    const next = nextUrl(answer, url);
    if (next === undefined) return { answer, url };
    await answer.body.dump();
    if (hops === options.maxRedirects) throw remoteProblem(first.method, `stopped after ${hops} redirects`);
    const { origin } = url;
    ({ url, authorization } = splitUserinfo(next));
    headers = url.origin === origin ? { ...authorization, ...headers } : authorization;
  }
}
