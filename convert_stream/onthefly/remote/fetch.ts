import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { Problem } from '../../../common/problem.ts';
import type { Room } from '../../buffered.ts';
import { type AllowsOrigin, shownOrigin } from '../origins.ts';
import { version } from '../version.ts';
import { parseUrl } from './url.ts';

export interface FetchOptions {
  readonly dispatcher: Dispatcher;
  readonly allowsOrigin: AllowsOrigin;
  readonly maxRedirects: number;
  /** For the whole fetch, redirects included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export type Headers = Readonly<Record<string, string>>;

/** What a fetch is called in its errors. */
const titles = {
  GET: 'error fetching remote http image',
  HEAD: 'error fetching remote http image headers',
} as const;
type Method = keyof typeof titles;

const reasonOf = (error: unknown): string => {
  const { code, name, message } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? `${code}: ${message}` : message || name;
};
const failed = (method: Method, reason: string, cause?: unknown): Problem =>
  new Problem('remote_failed', `${titles[method]}: ${reason}`, { cause });

const redirects = new Set([301, 302, 303, 307, 308]);
/** Not for another server than the one they were meant for. */
const private_ = ['authorization', 'cookie'];

const headersFor = (from: URL, to: URL, headers: Headers): Headers =>
  from.host === to.host
    ? headers
    : Object.fromEntries(Object.entries(headers).filter(([name]) => !private_.includes(name)));

/** Where an answer sends us on; undefined when it is the last one. */
function nextUrl({ statusCode, headers }: Dispatcher.ResponseData, url: URL): URL | undefined {
  const { location } = headers;
  if (!redirects.has(statusCode) || location === undefined) return undefined;
  return parseUrl(new URL(String(location), url).href);
}

interface Ask {
  readonly method: Method;
  readonly headers: Headers;
  readonly signal: AbortSignal;
}

/** The last answer of a chain of redirects; each hop is held against the list and checked when connecting. */
async function follow(start: URL, ask: Ask, options: FetchOptions): Promise<Dispatcher.ResponseData> {
  let url = start;
  let headers = ask.headers;
  for (let hops = 0; ; hops += 1) {
    if (!options.allowsOrigin(url))
      throw new Problem('remote_failed', `not allowed remote URL origin: ${shownOrigin(url)}`);
    const answer = await request(url, {
      method: ask.method,
      headers: { 'user-agent': `imaginary/${version}`, ...headers },
      dispatcher: options.dispatcher,
      signal: ask.signal,
    });
    const next = nextUrl(answer, url);
    if (next === undefined) return answer;
    await answer.body.dump();
    if (hops === options.maxRedirects) throw failed(ask.method, `stopped after ${hops} redirects`);
    headers = headersFor(url, next, headers);
    url = next;
  }
}

const unzip = promisify(gunzip);

const overLimit = (bytes: string, maxBytes: number): Problem =>
  new Problem('remote_failed', `Content-Length ${bytes} exceeds maximum allowed ${maxBytes} bytes`);

/** The body, counted while it comes. */
async function readBody(
  { body, headers }: Dispatcher.ResponseData,
  maxBytes: number,
  room: Room,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw overLimit(`of more than ${maxBytes}`, maxBytes);
    room.take(chunk.length);
    chunks.push(chunk);
  }
  const data = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes);
  if (headers['content-encoding'] !== 'gzip') return data;
  const plain = await unzip(data, { maxOutputLength: maxBytes });
  room.take(plain.length);
  return plain;
}

/** For whom something is fetched. */
export interface Errand {
  readonly headers: Headers;
  /** Told of every byte as it comes. */
  readonly room: Room;
}

export interface Fetched {
  readonly bytes: Buffer;
  /** The server's strong ETag. */
  readonly tag: string | undefined;
}

async function whole(url: URL, ask: Ask, options: FetchOptions, room: Room): Promise<Fetched> {
  const answer = await follow(url, ask, options);
  const { statusCode, headers } = answer;
  if (statusCode !== 200) {
    await answer.body.dump();
    throw new Problem('remote_failed', `${titles.GET}: (status=${statusCode}) (url=${url.href})`, {
      status: statusCode,
    });
  }
  const length = Number(headers['content-length'] ?? 0);
  if (length > options.maxBytes) throw overLimit(String(length), options.maxBytes);
  const tag = headers.etag?.toString();
  return {
    bytes: await readBody(answer, options.maxBytes, room),
    tag: tag?.startsWith('"') ? tag : undefined,
  };
}

/** Any failure in words that name the remote server, not us. */
async function told<T>(method: Method, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Problem ? error : failed(method, reasonOf(error), error);
  }
}

/** The length that a HEAD announces, before any byte is fetched. */
export async function checkLength(url: URL, headers: Headers, options: FetchOptions): Promise<void> {
  await told('HEAD', async () => {
    const ask: Ask = { method: 'HEAD', headers, signal: AbortSignal.timeout(options.timeoutMs) };
    const answer = await follow(url, ask, options);
    await answer.body.dump();
    const length = Number(answer.headers['content-length'] ?? 0);
    if (length > options.maxBytes) throw overLimit(String(length), options.maxBytes);
  });
}

/** @throws Problem `remote_failed`; its status is the server's where that was not 200. */
export const fetchPicture = (url: URL, { headers, room }: Errand, options: FetchOptions): Promise<Fetched> =>
  told('GET', () =>
    whole(url, { method: 'GET', headers, signal: AbortSignal.timeout(options.timeoutMs) }, options, room),
  );
