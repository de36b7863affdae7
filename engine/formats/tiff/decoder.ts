import {
  directoryAt,
  findEntry,
  numberOf,
  openTiff,
  type Tiff,
  type TiffDirectory,
} from '../../metadata/tiff_directory.ts';

/** The samples of a page, by its directory or the defaults of TIFF 6.0. */
interface Samples {
  readonly bits: readonly number[];
  readonly compression: number;
  readonly photometric: number;
  readonly isPlanar: boolean;
  readonly isTiled: boolean;
  /** 1: unsigned, 2: signed, 3: floating point. */
  readonly format: number;
}

export const tag = {
  bits: 258,
  compression: 259,
  photometric: 262,
  samples: 277,
  planar: 284,
  tileWidth: 322,
  tileOffsets: 324,
  tileLengths: 325,
  extraSamples: 338,
  format: 339,
} as const;
const maxSamples = 8;

function readSamples(tiff: Tiff, directory: TiffDirectory): Samples {
  const first = (wanted: number, otherwise: number): number => {
    const entry = findEntry(tiff, directory, wanted);
    return (entry && numberOf(tiff, entry)) ?? otherwise;
  };
  const bits = findEntry(tiff, directory, tag.bits);
  const count = Math.min(first(tag.samples, 1), maxSamples);
  return {
    bits: Array.from(
      { length: count },
      (_, index) => (bits && (numberOf(tiff, bits, index) ?? numberOf(tiff, bits))) ?? 1,
    ),
    compression: first(tag.compression, 1),
    photometric: first(tag.photometric, 1),
    isPlanar: first(tag.planar, 1) === 2,
    isTiled: findEntry(tiff, directory, tag.tileWidth) !== undefined,
    format: first(tag.format, 1),
  };
}

/** How a page of a TIFF is read, and why. */
export interface TiffReading {
  readonly by: 'libvips' | 'magick' | 'wider Lab' | 'planes' | 'none';
  readonly why: string;
}

const oldJpeg = 6;
const lab = 8;
const signed = 2;
const float = 3;
const isInTiles = ({ isPlanar, isTiled, bits }: Samples): boolean => isPlanar && isTiled && bits.length > 1;
/** Grey with opacity, or colours of red, green and blue with or without it, of 8 or of 16 bits. */
const isPlain = ({ bits, photometric, format, compression }: Samples): boolean =>
  new Set(bits).size === 1 &&
  [8, 16].includes(bits[0] ?? 0) &&
  bits.length === { 1: 2, 2: Math.min(4, Math.max(3, bits.length)) }[photometric] &&
  format === 1 &&
  compression !== oldJpeg;
const isOdd = ({ bits }: Pick<Samples, 'bits'>): boolean =>
  bits.some((one) => one !== 8 && one !== 16) && !(bits.length === 1 && [1, 2, 4].includes(bits[0] ?? 1));

/** Pages that libvips refuses or reads wrong. The first matching row says how they are read. */
const readings: readonly (TiffReading & { readonly fits: (samples: Samples) => boolean })[] = [
  { by: 'magick', why: 'old-style JPEG', fits: ({ compression }) => compression === oldJpeg },
  { by: 'planes', why: 'planes in tiles', fits: (samples) => isInTiles(samples) && isPlain(samples) },
  { by: 'none', why: 'planes in tiles, but for grey and RGB of 8 and 16 bits,', fits: isInTiles },
  {
    by: 'none',
    why: 'integers of more than 16 bits that are not 32',
    fits: ({ bits, format }) => format !== float && bits.some((one) => one > 16 && one !== 32),
  },
  {
    by: 'none',
    why: 'floating point of 24 bits',
    fits: ({ bits, format }) => format === float && bits.includes(24),
  },
  {
    by: 'wider Lab',
    why: 'CIELab of 8 bits',
    fits: ({ photometric, bits }) => photometric === lab && bits.every((one) => one === 8),
  },
  {
    by: 'magick',
    why: 'signed or floating samples',
    fits: ({ photometric, format, isPlanar, bits }) =>
      photometric !== lab &&
      (format === signed || format === float) &&
      !(isPlanar && bits.length > 1 && isOdd({ bits })),
  },
  {
    by: 'none',
    why: 'planes of samples of other than 8 and 16 bits',
    fits: (samples) => samples.isPlanar && samples.bits.length > 1 && isOdd(samples),
  },
  { by: 'magick', why: 'bits that are no whole bytes', fits: isOdd },
];

/** A directory of a TIFF by its number; undefined if the file does not have it. */
export function openPage(
  input: Buffer,
  page: number,
): { readonly tiff: Tiff; readonly directory: TiffDirectory } | undefined {
  const tiff = openTiff(input);
  if (tiff === undefined) return undefined;
  let directory = directoryAt(tiff, tiff.first);
  for (let index = 0; index < page && directory?.next; index += 1)
    directory = directoryAt(tiff, directory.next);
  return directory && { tiff, directory };
}

/** How a page is read. */
export function readingOf(input: Buffer, page: number): TiffReading {
  const opened = openPage(input, page);
  const samples = opened && readSamples(opened.tiff, opened.directory);
  return (samples && readings.find(({ fits }) => fits(samples))) ?? { by: 'libvips', why: '' };
}

/** Whether black is the lowest negative number, which ImageMagick does not know. */
export function isOffset(input: Buffer, page: number): boolean {
  const opened = openPage(input, page);
  const samples = opened && readSamples(opened.tiff, opened.directory);
  return samples?.format === signed && samples.bits.length === 1 && samples.bits[0] === 16;
}
