import type { CodecPool } from './codec_worker/pool.ts';
import type { Limits } from './limits.ts';

/** Fetches the picture of a watermark. @throws Problem. */
export type FetchImage = (url: string) => Promise<Buffer>;

export interface ConvertOptions {
  readonly limits: Limits;
  readonly fetchImage: FetchImage;
  readonly codecs: CodecPool;
  /** Whether more conversions of the same `Buffer` are to come: where it can be, it is decoded once for all of them. */
  readonly decodeOnce?: boolean;
}
