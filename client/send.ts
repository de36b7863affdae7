import { ImagetxError, messageOf } from './errors.ts';

export type Body = Blob | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** The service, as the functions of a client use it. */
export interface Service {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sign?: (url: string) => Promise<string>;
}

export interface SendOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes that are sent. Without XMLHttpRequest (Node, workers): at the beginning and at the end. */
  readonly onProgress?: (sent: number, total: number) => void;
}

export interface Request extends SendOptions {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body | FormData | string | undefined;
  /** Size of the body, for progress. */
  readonly bytes: number;
}

export interface Answer {
  readonly status: number;
  readonly blob: Blob;
  readonly header: (name: string) => string | null;
}

/** What the client needs of a browser's XMLHttpRequest; other runtimes have none. */
declare const XMLHttpRequest: (new () => BrowserRequest) | undefined;
interface BrowserRequest {
  responseType: 'blob';
  readonly status: number;
  readonly response: Blob;
  readonly upload: { onprogress: (event: { readonly loaded: number; readonly total: number }) => void };
  onload: () => void;
  onerror: () => void;
  onabort: () => void;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(body: Request['body'] | null): void;
  abort(): void;
}

const aborted = (signal: AbortSignal): unknown => signal.reason;

/** Browsers tell the progress of an upload only here. */
const sendByXhr = (
  xhr: BrowserRequest,
  request: Request,
  onProgress: (sent: number, total: number) => void,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method, url, headers, body, signal } = request;
    const abort = (): void => xhr.abort();
    xhr.open(method, url);
    xhr.responseType = 'blob';
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    xhr.onload = () =>
      resolve({
        status: xhr.status,
        blob: xhr.response,
        header: (name) => xhr.getResponseHeader(name),
      });
    xhr.onerror = () => reject(new ImagetxError(0, `no answer from ${url}`));
    xhr.onabort = () => reject(signal && aborted(signal));
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) return reject(aborted(signal));
    xhr.send(body ?? null);
  });

async function sendByFetch(request: Request): Promise<Answer> {
  const { method, url, headers, body, signal, onProgress, bytes } = request;
  onProgress?.(0, bytes);
  const init = { method, headers, body: body ?? null, ...(signal ? { signal } : {}) };
  try {
    const response = await fetch(url, init);
    const blob = await response.blob();
    onProgress?.(bytes, bytes);
    return { status: response.status, blob, header: (name) => response.headers.get(name) };
  } catch (cause) {
    throw signal?.aborted ? aborted(signal) : new ImagetxError(0, `no answer from ${url}: ${cause}`);
  }
}

/** Sends a request. @throws ImagetxError when there is no answer; the signal's reason when it is aborted. */
export const exchange = (request: Request): Promise<Answer> =>
  request.onProgress && typeof XMLHttpRequest !== 'undefined'
    ? sendByXhr(new XMLHttpRequest(), request, request.onProgress)
    : sendByFetch(request);

/** As `exchange`. @throws ImagetxError also for a refusal. */
export async function send(request: Request): Promise<Answer> {
  const answer = await exchange(request);
  if (answer.status < 400) return answer;
  const retry = Number(answer.header('retry-after')) || undefined;
  throw new ImagetxError(answer.status, messageOf(await answer.blob.text(), answer.status), retry);
}

export const blobOf = (body: Body): Blob => (body instanceof Blob ? body : new Blob([body]));
export const sizeOf = (body: Body): number => (body instanceof Blob ? body.size : body.byteLength);
/** The answer as JSON of a type that the service promises. @throws ImagetxError: another server may have answered. */
export async function jsonOf<T>({ blob, status }: Answer): Promise<T> {
  const text = await blob.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new ImagetxError(status, `expected JSON, got ${text.slice(0, 80)}`);
  }
}
