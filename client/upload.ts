import { pairsOf } from './query.ts';
import { type Body, blobOf, jsonOf, type SendOptions, type Service, send, sizeOf } from './send.ts';
import type { OutputType, Parameters, PlaceholderName } from './tables.ts';

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
