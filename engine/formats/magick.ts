import type { Encoded, Format } from '../format.ts';
import { needs } from './installed.ts';
import { type MagickRow, magickRows, type Writing } from './magick_rows.ts';

const decoder =
  ({ name, read, pick }: MagickRow): NonNullable<Format['decode']> =>
  async (input, { page, maxPixels }, isolate) => {
    needs('magick', `reading ${name}`, 'unsupported_input');
    const facts = { coder: read, page, maxPixels, ...(pick ? { pick } : {}) };
    const { data, facts: made } = await isolate.run({ task: 'magick.read', facts, data: input });
    return { bytes: data, pages: Number(made.pages) };
  };

const encoder =
  (name: string, { coder, quality, defines }: Writing): NonNullable<Format['encode']> =>
  async (image, output, _facts, isolate) => {
    needs('magick', `writing ${name}`, 'unsupported_output');
    const { data: tiff, info } = await image
      .tiff({ compression: 'none' })
      .toBuffer({ resolveWithObject: true });
    const facts = {
      coder,
      ...(quality ? { quality: quality(output.quality ?? output.defaultQuality, output) } : {}),
      ...(defines ? { defines: defines(output) } : {}),
    };
    const { data } = await isolate.run({ task: 'magick.write', facts, data: tiff });
    return { data, width: info.width, height: info.height, pages: 1 } satisfies Encoded;
  };

const format = (row: MagickRow): Format => ({
  name: row.name,
  mime: row.mime,
  extensions: row.extensions,
  reads: row.read !== undefined,
  writes: row.write !== undefined,
  animated: false,
  alpha: row.alpha,
  engine: 'magick',
  sniff: row.sniff,
  ...(row.read ? { decode: decoder(row) } : {}),
  ...(row.write ? { encode: encoder(row.name, row.write) } : {}),
});

/** The long tail: what sharp cannot read or write, and ImageMagick (as WebAssembly) can. */
export const magickFormats: readonly Format[] = magickRows.map(format);
