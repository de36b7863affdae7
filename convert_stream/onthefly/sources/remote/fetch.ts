import type { Dispatcher } from 'undici';
import { Problem } from '../../../../common/problem.ts';
import { codingsIn, collectUnpacked } from '../../../../common/streams/unpack.ts';
import type { Reservation } from '../../../upload/memory_budget.ts';
import { explainFailure, titles } from './failure.ts';
import {
  type FollowOptions,
  follow,
  type RemoteAnswer,
  type RemoteRequest,
  type RequestHeaders,
} from './follow.ts';

export interface FetchOptions extends FollowOptions {
  /** Limit for the whole fetch, including lookups, redirects and unpacking. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** The options of one fetch. */
export interface FetchRequest {
  readonly headers: RequestHeaders;
  /** Reserves every byte as it arrives. */
  readonly reservation: Pick<Reservation, 'add'>;
  /** Ends the fetch when no client waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface Fetched {
  readonly bytes: Buffer;
  /** The server's strong ETag. */
  readonly tag: string | undefined;
  /** Validators of the server, and what it says about caches. */
  readonly etag?: string;
  readonly lastModified?: string;
  readonly cacheControl?: string;
  readonly expires?: string;
  readonly date?: string;
  readonly age?: string;
  /** Whether the server says that the conditions of the request do not hold; then there are no bytes. */
  readonly isUnchanged?: true;
}

const headerOf = (value: string | string[] | undefined): string | undefined => [value].flat()[0];

/** What a server says about a picture beside its bytes. */
function validatorsOf({ headers }: Dispatcher.ResponseData): Omit<Fetched, 'bytes' | 'tag' | 'isUnchanged'> {
  const all = {
    etag: headerOf(headers.etag),
    lastModified: headerOf(headers['last-modified']),
    // Several headers of that name are one list.
    cacheControl: [headers['cache-control'] ?? []].flat().join() || undefined,
    expires: headerOf(headers.expires),
    date: headerOf(headers.date),
    age: headerOf(headers.age),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Whether a request has conditions (RFC 9110, 13.1). */
const isConditional = ({ headers }: FetchRequest): boolean =>
  headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined;

const overLimit = (bytes: string, maxBytes: number): Problem =>
  new Problem('remote_failed', `Content-Length ${bytes} exceeds maximum allowed ${maxBytes} bytes`);

const announcedLength = ({ headers }: Dispatcher.ResponseData): number =>
  Number(headers['content-length'] ?? 0);

/** Reads and unpacks the body; packed and unpacked bytes are both counted. */
const readBody = (answer: Dispatcher.ResponseData, { reservation, signal }: FetchRequest, maxBytes: number) =>
  collectUnpacked(answer.body, {
    codings: codingsIn(answer.headers['content-encoding']),
    maxBytes,
    tooLarge: (length) => overLimit(length ? `${length}` : `of more than ${maxBytes}`, maxBytes),
    expected: announcedLength(answer),
    reserve: (bytes) => reservation.add(bytes),
    signal,
  });

/**
 * The URL is named without its query: behind a redirect that is often the right to read the picture.
 * @throws Problem `remote_failed` with the server's status unless that is 200.
 */
async function checkStatus({ answer, url }: RemoteAnswer): Promise<void> {
  const { statusCode: status, body } = answer;
  if (status === 200) return;
  await body.dump();
  const { origin, pathname } = url;
  throw new Problem('remote_failed', `${titles.GET}: (status=${status}) (url=${origin}${pathname})`, {
    status,
  });
}

async function fetchWhole(
  url: URL,
  remoteRequest: RemoteRequest,
  request: FetchRequest,
  options: FetchOptions,
): Promise<Fetched> {
  const found = await follow(url, remoteRequest, options);
  const { answer } = found;
  if (answer.statusCode === 304 && isConditional(request)) {
    await answer.body.dump();
    return { bytes: Buffer.alloc(0), tag: undefined, isUnchanged: true, ...validatorsOf(answer) };
  }
  await checkStatus(found);
  const tag = answer.headers.etag?.toString();
  const bytes = await readBody(answer, { ...request, signal: remoteRequest.signal }, options.maxBytes);
  return { bytes, tag: tag?.startsWith('"') ? tag : undefined, ...validatorsOf(answer) };
}

function signalFor({ signal }: FetchRequest, { timeoutMs }: FetchOptions): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Checks the length that HEAD announces, before anything is fetched. */
export const checkLength = (url: URL, request: FetchRequest, options: FetchOptions): Promise<void> =>
  explainFailure('HEAD', async () => {
    const { headers } = request;
    const remoteRequest: RemoteRequest = { method: 'HEAD', headers, signal: signalFor(request, options) };
    const { answer } = await follow(url, remoteRequest, options);
    await answer.body.dump();
    const length = announcedLength(answer);
    if (length > options.maxBytes) throw overLimit(String(length), options.maxBytes);
  });

/** @throws Problem `remote_failed`, with the server's status where that was not 200; `too_busy`. */
export const fetchPicture = (url: URL, request: FetchRequest, options: FetchOptions): Promise<Fetched> =>
  explainFailure('GET', () => {
    const { headers } = request;
    const remoteRequest: RemoteRequest = { method: 'GET', headers, signal: signalFor(request, options) };
    return fetchWhole(url, remoteRequest, request, options);
  });
