import { ImagetxError, messageOf } from './errors.ts';
import { pairsOf, queryText } from './query.ts';
import { type Body, blobOf, exchange, jsonOf, type SendOptions, type Service, send } from './send.ts';
import type { OutputType, Parameters } from './tables.ts';

export interface StoreOptions extends SendOptions {
  readonly formats?: readonly OutputType[];
  readonly presets?: readonly string[];
  /** Widths in pixels: one output for each format and width. */
  readonly sizes?: readonly number[];
  /** Parameters of the outputs in `formats`. */
  readonly params?: Parameters;
  readonly name?: string;
}

/** An output of a direct upload. */
export interface StoredOutput {
  readonly name: string;
  readonly url: string;
  readonly state: 'waiting' | 'done' | 'failed';
  readonly bytes?: number;
  /** MIME type. */
  readonly type?: string;
  readonly width?: number;
  readonly height?: number;
  readonly code?: string;
  /** Why it failed. */
  readonly reason?: string;
}

export interface Stored {
  readonly source: string;
  readonly state: 'waiting' | 'done' | 'failed';
  readonly outputs: readonly StoredOutput[];
}

/** What the service answers at the start of a direct upload. */
interface Started {
  readonly uploadUrl: string;
  readonly statusUrl: string;
}

/** Storage takes pieces in multiples of 256 KiB. */
const pieceBytes = 8 * 1024 * 1024;
/** Attempts in a row that bring no byte. */
const maxAttempts = 5;
const waitSeconds = 30;

const pause = (attempts: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempts));

/** How many bytes storage has: it names the last one in `Range`. */
const bytesStored = (range: string | null): number => Number(/-(\d+)$/.exec(range ?? '')?.[1] ?? -1) + 1;

/** Sends the bytes in pieces; after a cut it asks how many have arrived, and goes on there. */
async function sendPieces(url: string, blob: Blob, { signal, onProgress }: SendOptions): Promise<void> {
  const stop = signal ? { signal } : {};
  let at = 0;
  for (let attempts = 0; attempts < maxAttempts; ) {
    const isAsking = attempts > 0;
    const end = isAsking ? at : Math.min(at + pieceBytes, blob.size);
    const range = isAsking ? '*' : `${at}-${end - 1}`;
    const start = at;
    const answer = await exchange({
      ...stop,
      ...(onProgress && !isAsking
        ? { onProgress: (sent: number) => onProgress(start + sent, blob.size) }
        : {}),
      method: 'PUT',
      url,
      headers: { 'content-range': `bytes ${range}/${blob.size}` },
      body: blob.slice(at, end),
      bytes: end - at,
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      return undefined;
    });
    if (answer && answer.status < 300) return;
    if (answer && answer.status !== 308 && answer.status < 500) await refuse(answer.status, answer.blob);
    const stored = answer?.status === 308 ? bytesStored(answer.header('range')) : at;
    attempts = stored > at || (isAsking && answer?.status === 308) ? 0 : attempts + 1;
    at = stored;
    if (attempts > 0) await pause(attempts);
  }
  await refuse(503, new Blob(['storage does not answer']));
}

async function refuse(status: number, blob: Blob): Promise<never> {
  throw new ImagetxError(status, messageOf(await blob.text(), status));
}

/** Failures that may pass by themselves: no answer, too many requests, a fault of the service. */
const mayPass = (error: unknown): boolean =>
  error instanceof ImagetxError && (error.status === 0 || error.status === 429 || error.status >= 500);

/** Waits until no output is waiting; asks again after a cut. */
async function waitForOutputs(url: string, headers: Service['headers'], stop: SendOptions): Promise<Stored> {
  const request = { ...stop, method: 'GET', url: `${url}?wait=${waitSeconds}`, headers, body: undefined };
  for (let attempts = 0; ; ) {
    try {
      const status: Stored = await jsonOf(await send({ ...request, bytes: 0 }));
      if (status.state !== 'waiting') return status;
      attempts = 0;
    } catch (error) {
      attempts += 1;
      if (!mayPass(error) || attempts >= maxAttempts) throw error;
      await pause(attempts);
    }
  }
}

/** Sends a picture straight to storage, and waits until each output is done or has failed. @throws ImagetxError. */
export async function store(
  { base, headers, sign }: Service,
  body: Body,
  { signal, onProgress, params, ...fields }: StoreOptions,
): Promise<Stored> {
  const stop = signal ? { signal } : {};
  const blob = blobOf(body);
  const text = params && queryText(pairsOf(params));
  // What is made stands in the URL, where a signature covers it.
  const url = `${base}/uploads?${queryText(pairsOf({ ...fields, params: text }))}`;
  const asked = { bytes: blob.size, ...(blob.type ? { type: blob.type } : {}) };
  const started = await send({
    ...stop,
    method: 'POST',
    url: sign ? await sign(url) : url,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(asked),
    bytes: 0,
  });
  const { uploadUrl, statusUrl } = await jsonOf<Started>(started);
  await sendPieces(uploadUrl, blob, { ...stop, ...(onProgress ? { onProgress } : {}) });
  return await waitForOutputs(statusUrl, headers, stop);
}
