import { Problem } from '../../common/problem.ts';
import type { CodecPool } from '../codec_worker/pool.ts';
import type { Decode } from '../conversion.ts';
import type { Decoded, DecodeOptions, Format } from '../formats/format.ts';
import type { Limits } from '../limits.ts';
import { plainReason } from '../native/plain_reason.ts';
import type { Size } from '../transform/geometry.ts';

export const corrupt = (cause: unknown): Problem =>
  new Problem('corrupt_image', `Cannot decode image: ${plainReason(cause)}`, { cause });

export interface InspectOptions {
  readonly limits: Limits;
  readonly codecs: CodecPool;
}

/** What a header says shows in so many pixels, where a format holds smaller copies of its picture. */
export const headerSide = 512;

export const sideOf = ({ width, height }: Size): number => Math.max(width, height);

/** Where a document has no resolution of its own. */
const defaultDpi = 72;

/** Bytes that sharp reads, and what they do not say. */
export type Readable = Partial<Decoded> & Pick<Decoded, 'bytes'>;

/** Bytes that sharp reads. */
export async function readable(
  input: Buffer,
  format: Format,
  { leastSide, ...decode }: Decode & Pick<DecodeOptions, 'leastSide'>,
  { limits, codecs }: InspectOptions,
): Promise<Readable> {
  if (format.decode === undefined) return { bytes: input };
  const wanted = {
    page: decode.page ?? 0,
    pages: decode.pages,
    dpi: decode.dpi ?? defaultDpi,
    maxPixels: limits.MAX_INPUT_MEGAPIXELS * 1e6,
    maxFrames: limits.MAX_FRAMES,
    ...(leastSide === undefined ? {} : { leastSide }),
  };
  try {
    return await format.decode(input, wanted, codecs);
  } catch (cause) {
    throw cause instanceof Problem ? cause : corrupt(cause);
  }
}
