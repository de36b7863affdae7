import type { CodecPool } from './codec_worker/pool.ts';
import type { Limits } from './limits.ts';

/** Fetches the picture of a watermark. @throws Problem. */
export type FetchImage = (url: string) => Promise<Buffer>;

export interface ConvertOptions {
  readonly limits: Limits;
  readonly fetchImage: FetchImage;
  readonly codecs: CodecPool;
}
