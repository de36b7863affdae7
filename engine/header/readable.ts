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

/** Pixels that are enough to read a header, for formats that hold smaller copies of their picture. */
export const headerSide = 256;

export const sideOf = ({ width, height }: Size): number => Math.max(width, height);

/** The resolution of documents. */
const defaultDpi = 72;

/** Bytes that sharp reads, and details that they do not have. */
export type Readable = Partial<Decoded> & Pick<Decoded, 'bytes'>;

/** Decodes an input to a format that sharp reads. */
export async function decodeInput(
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
