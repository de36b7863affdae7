import { ImagetxError, messageOf } from './errors.ts';
import { pairsOf, queryText } from './query.ts';
import { type Body, exchange, jsonOf, type SendOptions, send, sizeOf } from './send.ts';
import type { OutputType, Parameters, PlaceholderName } from './tables.ts';

/** The service, as the functions of a client use it. */
export interface Service {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sign?: (url: string) => Promise<string>;
}

export interface UploadOptions extends SendOptions, Omit<Parameters, 'type'> {
  /** Format of the output; may be left out with a preset. */
  readonly format?: OutputType | 'auto';
  readonly preset?: string;
  /** Name of the output without extension, folders allowed. Default: the name of the file. */
  readonly name?: string;
  /** What a page shows before the output has come. */
  readonly placeholder?: readonly PlaceholderName[];
}

/** What pages show before a picture has come. */
export interface Placeholders {
  /** ThumbHash in base64. */
  readonly thumbhash?: string;
  readonly blurhash?: string;
  /** The most frequent colour, as `#rrggbb`. */
  readonly color?: string;
  /** Up to six colours, the most frequent one first. */
  readonly palette?: readonly string[];
  /** A tiny picture as a data URI. */
  readonly lqip?: string;
}

/** An output in the service's bucket. */
export interface Uploaded {
  /** Absent where the service has no bucket. */
  readonly url?: string;
  readonly generation?: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** MIME type. */
  readonly type: string;
  /** Those that were asked for. */
  readonly placeholder?: Placeholders;
}

const blobOf = (body: Body): Blob => (body instanceof Blob ? body : new Blob([body]));
const nameOf = (body: Body): string => ('name' in body ? String(body.name) : 'picture');

/** Converts a picture by the inline door, which stores the output. @throws ImagetxError. */
export async function upload(
  { base, headers, sign }: Service,
  body: Body,
  { signal, onProgress, ...fields }: UploadOptions,
): Promise<Uploaded> {
  const form = new FormData();
  for (const [name, value] of pairsOf(fields)) form.append(name, value);
  form.append('image', blobOf(body), nameOf(body));
  const url = `${base}/convert`;
  const answer = await send({
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
    method: 'POST',
    url: sign ? await sign(url) : url,
    headers: { ...headers, accept: 'application/json' },
    body: form,
    bytes: sizeOf(body),
  });
  return await jsonOf(answer);
}

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
    if (attempts > 0) await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempts));
  }
  await refuse(503, new Blob(['storage does not answer']));
}

async function refuse(status: number, blob: Blob): Promise<never> {
  throw new ImagetxError(status, messageOf(await blob.text(), status));
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
  for (;;) {
    const wait = { ...stop, method: 'GET', headers, body: undefined, bytes: 0 };
    const status: Stored = await jsonOf(await send({ ...wait, url: `${statusUrl}?wait=${waitSeconds}` }));
    if (status.state !== 'waiting') return status;
  }
}
