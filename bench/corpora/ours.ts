import type { CodecPool } from '../../engine/codec_worker/pool.ts';
import { conversionOf } from '../../engine/conversion.ts';
import { convert } from '../../engine/convert.ts';
import { defaultLimits } from '../../engine/limits.ts';

export interface OurResult {
  readonly png?: Buffer;
  /** The format that was read. */
  readonly format?: string;
  /** Why the file was refused. */
  readonly problem?: string;
}

const asPng = conversionOf([{ operation: 'convert', params: { type: 'png', depth: '8' } }], 'inline');

/** Decodes a file to PNG with the engine, or says why it refuses. */
export async function decodeByEngine(input: Buffer, codecs: CodecPool): Promise<OurResult> {
  const fetchImage = () => Promise.reject(new Error('nothing to fetch'));
  try {
    const { data, info } = await convert(input, asPng, { limits: defaultLimits, codecs, fetchImage });
    return { png: data, format: info.input.format };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
