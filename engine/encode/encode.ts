import { Problem } from '../../common/problem.ts';
import type { CodecPool } from '../codec_worker/pool.ts';
import type { Output } from '../conversion.ts';
import type { Encoded, Format, PictureInfo } from '../formats/format.ts';
import type { Blocks } from '../metadata/blocks.ts';
import { encoderWithBlocks } from '../metadata/metadata.ts';
import { type Sharp, sharp } from '../native/sharp.ts';
import { type EncodeTry, needsSearch, searchQuality, tooManyBytes } from './quality_search.ts';
import { type Grey, readLuma, ssim } from './ssim.ts';

export interface Encoding {
  readonly image: Sharp;
  readonly format: Format;
  readonly output: Output;
  readonly picture: PictureInfo;
  readonly codecs: CodecPool;
  /** EXIF, XMP and IPTC of the output. */
  readonly blocks: Blocks;
}

/** Decodes encoded bytes to their brightness. */
async function decodeLuma({ data, pages }: Encoded, { format, codecs }: Encoding): Promise<Grey> {
  const options = { page: 0, pages, dpi: 72, maxPixels: Number.POSITIVE_INFINITY, maxFrames: pages };
  const bytes = format.decode ? (await format.decode(data, options, codecs)).bytes : data;
  return await readLuma(sharp(bytes, { limitInputPixels: false, ...(pages > 1 ? { pages } : {}) }));
}

/** One try of a search: encodes, and measures the similarity to the original. */
async function createEncodeTry(encoding: Encoding, write: NonNullable<Format['encode']>): Promise<EncodeTry> {
  const { image, output, picture, codecs } = encoding;
  const original = output.autoQuality ? await readLuma(image.clone()) : undefined;
  return async (quality, measure) => {
    const encoded = await write(image.clone(), { ...output, quality }, picture, codecs);
    if (!measure || original === undefined) return { quality, encoded };
    return { quality, encoded, similarity: await ssim(original, await decodeLuma(encoded, encoding)) };
  };
}

/** Encodes finished pixels in a format. @throws Problem `unsupported_output`, `output_too_large`. */
export async function encode(encoding: Encoding): Promise<Encoded> {
  const { image, format, output, picture, codecs, blocks } = encoding;
  const write = encoderWithBlocks(format, blocks);
  if (write === undefined) throw new Problem('unsupported_output', `${format.name} cannot be written`);
  const lossy = format.lossy && !output.lossless;
  if (lossy && needsSearch(output))
    return await searchQuality(await createEncodeTry(encoding, write), output);
  const encoded = await write(image, output, picture, codecs);
  if (encoded.data.length <= (output.maxBytes ?? Number.POSITIVE_INFINITY)) return encoded;
  throw tooManyBytes(encoded.data.length, output);
}
