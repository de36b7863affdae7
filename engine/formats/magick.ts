import { intoJxl } from '../metadata/blocks/jxl.ts';
import type { Size } from '../transform/geometry.ts';
import type { Encoded, Format } from './format.ts';
import { needs } from './installed.ts';
import { type MagickRow, type MagickWriter, magickRows } from './magick/rows.ts';

/** Decoders of our own for some files of a format; undefined leaves the file to ImageMagick. */
const ownReaders: Readonly<Record<string, typeof import('./exr_read.ts')['decodeExr']>> = {
  exr: async (...given) => await (await import('./exr_read.ts')).decodeExr(...given),
  heif: async (...given) => await (await import('./sequence.ts')).decodeSequence(...given),
};

/** The name that people know a format by. */
const displayName = (name: string): string => (name === 'heif' ? 'HEIC' : name.toUpperCase());

const decoder =
  ({ name, read, pick, linear }: MagickRow): NonNullable<Format['decode']> =>
  async (input, options, codecs) => {
    const { page, maxPixels, leastSide } = options;
    const own = await ownReaders[name]?.(input, options, codecs);
    if (own) return own;
    needs('magick', `reading ${displayName(name)}`);
    const details = {
      coder: read,
      page,
      maxPixels,
      ...(page === 0 ? { leastSide } : {}),
      ...(pick ? { pick } : {}),
      ...(linear ? { linear } : {}),
    };
    const { data, details: made } = await codecs.run({ task: 'magick.read', details, data: input });
    const whole = made.whole as Size | undefined;
    return { bytes: data, pages: Number(made.pages), ...(whole ? { whole } : {}) };
  };

const encoder =
  (
    { name, linear }: MagickRow,
    { coder, quality, defines, coloured }: MagickWriter,
  ): NonNullable<Format['encode']> =>
  async (image, output, _picture, codecs) => {
    needs('magick', `writing ${displayName(name)}`);
    const { renderGrey } = await import('../native/raw_pixels.ts');
    const { data: tiff, info } = await (coloured ? (await renderGrey(image)).toColourspace('srgb') : image)
      .tiff({ compression: 'none' })
      .toBuffer({ resolveWithObject: true });
    const details = {
      coder,
      ...(linear ? { linear } : {}),
      ...(quality ? { quality: quality(output.quality ?? output.defaultQuality, output) } : {}),
      ...(defines ? { defines: defines(output) } : {}),
    };
    const { data } = await codecs.run({ task: 'magick.write', details, data: tiff });
    return { data, width: info.width, height: info.height, pages: 1 } satisfies Encoded;
  };

/** Encoders of our own for formats that ImageMagick reads. */
const ownWriters: Readonly<Record<string, NonNullable<Format['encode']>>> = {
  ico: async (...given) => await (await import('./ico_write.ts')).encodeIco(...given),
};

/** Formats whose files can hold metadata that ImageMagick does not write. */
const attachers: Readonly<Record<string, Pick<Format, 'attach' | 'orientation'>>> = {
  jxl: { attach: intoJxl, orientation: 'exif' },
};

function writerOf(row: MagickRow): Partial<Format> {
  const own = ownWriters[row.name];
  if (own) return { writes: true, writer: 'own', encode: own };
  if (row.write === undefined) return {};
  const { maxSide } = row.write;
  return {
    writes: true,
    ...(maxSide ? { maxSide } : {}),
    encode: encoder(row, row.write),
    ...attachers[row.name],
  };
}

const format = (row: MagickRow): Format => ({
  name: row.name,
  mime: row.mime,
  extensions: row.extensions,
  reads: row.read !== undefined,
  writes: false,
  animated: false,
  alpha: row.alpha,
  ...(row.profiles ? { profiles: row.profiles } : {}),
  ...(row.write?.quality ? { lossy: true as const } : {}),
  engine: 'magick',
  ...(row.name === 'exr' ? { mostlyOwn: true as const } : {}),
  sniff: row.sniff,
  ...(row.read ? { decode: decoder(row) } : {}),
  ...writerOf(row),
});

/** The long tail: formats that ImageMagick (as WebAssembly) reads or writes and sharp does not. */
export const magickFormats: readonly Format[] = magickRows.map(format);
