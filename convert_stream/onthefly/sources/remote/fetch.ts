import type { Dispatcher } from 'undici';
import { Problem } from '../../../../common/problem.ts';
import { codingsIn, collectUnpacked } from '../../../../common/streams/unpack.ts';
import type { Reservation } from '../../../upload/memory_budget.ts';
import { explainFailure, titles } from './failure.ts';
import { type Answer, type FollowOptions, follow, type Headers, type RemoteRequest } from './follow.ts';

export interface FetchOptions extends FollowOptions {
  /** For the whole fetch: lookups, redirects and unpacking included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** What one fetch is made for. */
export interface Errand {
  readonly headers: Headers;
  /** Counts every byte as it comes. */
  readonly reservation: Pick<Reservation, 'add'>;
  /** Ends the fetch when no client waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface Fetched {
  readonly bytes: Buffer;
  /** The server's strong ETag. */
  readonly tag: string | undefined;
}

const overLimit = (bytes: string, maxBytes: number): Problem =>
  new Problem('remote_failed', `Content-Length ${bytes} exceeds maximum allowed ${maxBytes} bytes`);

const announced = ({ headers }: Dispatcher.ResponseData): number => Number(headers['content-length'] ?? 0);

/** The body, unpacked; every piece counts as it comes, and as it is unpacked. */
const readBody = (answer: Dispatcher.ResponseData, { reservation, signal }: Errand, maxBytes: number) =>
  collectUnpacked(answer.body, {
    codings: codingsIn(answer.headers['content-encoding']),
    maxBytes,
    tooLarge: (length) => overLimit(length ? `${length}` : `of more than ${maxBytes}`, maxBytes),
    expected: announced(answer),
    reserve: (bytes) => reservation.add(bytes),
    signal,
  });

/** @throws Problem `remote_failed` with the server's status unless that is 200. */
async function checkStatus({ answer, url }: Answer): Promise<void> {
  const { statusCode: status, body } = answer;
  if (status === 200) return;
  await body.dump();
  throw new Problem('remote_failed', `${titles.GET}: (status=${status}) (url=${url.href})`, { status });
}

async function fetchWhole(url: URL, request: RemoteRequest, errand: Errand, options: FetchOptions) {
  const found = await follow(url, request, options);
  await checkStatus(found);
  const { answer } = found;
  const tag = answer.headers.etag?.toString();
  const bytes = await readBody(answer, { ...errand, signal: request.signal }, options.maxBytes);
  return { bytes, tag: tag?.startsWith('"') ? tag : undefined };
}

function signalFor({ signal }: Errand, { timeoutMs }: FetchOptions): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Checks the length that a HEAD announces, before any byte is fetched. */
export const checkLength = (url: URL, errand: Errand, options: FetchOptions): Promise<void> =>
  explainFailure('HEAD', async () => {
    const { headers } = errand;
    const request: RemoteRequest = { method: 'HEAD', headers, signal: signalFor(errand, options) };
    const { answer } = await follow(url, request, options);
    await answer.body.dump();
    const length = announced(answer);
    if (length > options.maxBytes) throw overLimit(String(length), options.maxBytes);
  });

/** @throws Problem `remote_failed`, with the server's status where that was not 200; `too_busy`. */
export const fetchPicture = (url: URL, errand: Errand, options: FetchOptions): Promise<Fetched> =>
  explainFailure('GET', () => {
    const { headers } = errand;
    const request: RemoteRequest = { method: 'GET', headers, signal: signalFor(errand, options) };
    return fetchWhole(url, request, errand, options);
  });
