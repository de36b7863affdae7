import type { Readable } from 'node:stream';
import type { Storage } from '@google-cloud/storage';
import { SpanKind } from '@opentelemetry/api';
import type { Dispatcher } from 'undici';
import { once } from '../common/once.ts';
import { orAborted } from '../common/streams/abort.ts';
import { tracer } from '../common/telemetry/spans.ts';
import { withoutTrailingSlash } from '../common/url.ts';
import type { ObjectRef } from './objects.ts';

export type ApiResponse = Dispatcher.ResponseData;
type HeadersInit = ConstructorParameters<typeof Headers>[0];
type Query = Readonly<Record<string, string | undefined>>;

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Longest time without bytes. */
  readonly idleMs: number;
  /** Opens the connections. Default: undici's global one. */
  readonly dispatcher?: Dispatcher;
}

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable;
}

function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}

export const objectUrl = ({ baseUrl }: Storage, { bucket, name }: ObjectRef, query: Query): string =>
  withQuery(`${withoutTrailingSlash(baseUrl)}/b/${bucket}/o/${encodeURIComponent(name)}`, query);

export const uploadUrl = ({ apiEndpoint }: Storage, bucket: string, query: Query): string =>
  withQuery(`${apiEndpoint}/upload/storage/v1/b/${bucket}/o`, query);

/** The headers with the client's credentials; none for an endpoint without authentication. */
function credentialHeaders(client: Storage, uri: string): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve, reject) => {
    client.makeAuthenticatedRequest(
      { uri },
      {
        onAuthenticated: (error, options) =>
          error ? reject(error) : resolve(Object.fromEntries(new Headers(options?.headers as HeadersInit))),
      },
    );
  });
}

const lastTokens = new WeakMap<Storage, string | undefined>();

/** The headers with credentials. Fetching a new token appears in the trace; using a cached one does not. */
async function authorize(client: Storage, uri: string): Promise<Readonly<Record<string, string>>> {
  const startTime = new Date();
  const headers = await credentialHeaders(client, uri);
  const { authorization } = headers;
  if (authorization !== lastTokens.get(client)) {
    tracer().startSpan('auth.token', { kind: SpanKind.CLIENT, startTime }).end();
    lastTokens.set(client, authorization);
  }
  return headers;
}

const library = once(() => import('undici'));

/**
 * Calls Cloud Storage's JSON API with the client's endpoint and credentials, but without the client's streams: those
 * cost four times the CPU, and crash the process on Node 24 when they are aborted before the response
 * (ERR_STREAM_UNABLE_TO_PIPE).
 * @throws an error with the status as its `code` unless it is 2xx, and one without `code` when there was no response.
 */
export async function call(
  client: Storage,
  { headers, body, ...call }: ApiCall,
  options: CallOptions,
): Promise<ApiResponse> {
  const { signal, idleMs, dispatcher } = options;
  const { request } = await library();
  const sent = {
    ...call,
    body: body ?? null,
    headers: { ...(await authorize(client, call.url)), ...headers },
    signal,
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    ...(dispatcher ? { dispatcher } : {}),
  };
  // undici only reacts to an abort once it has a connection.
  const answer = await orAborted(request(call.url, sent), signal);
  if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
  const said = (await answer.body.text()).slice(0, 1000);
  throw Object.assign(new Error(`storage answered ${answer.statusCode}: ${said}`), {
    code: answer.statusCode,
  });
}
