import { type Samples, samplesOf } from './page.ts';
import { canJoin } from './photometric.ts';

/** How a page of a TIFF is read, and why; `none`: what cannot be read, and what can be instead. */
export interface TiffReading {
  readonly by: 'libvips' | 'magick' | 'wider Lab' | 'planes' | 'bytes' | 'none';
  readonly why: string;
  /** What to save the file with instead. */
  readonly instead?: string;
}

/** Compressions that both libraries here read, and WebP, which libvips does. */
const readCompressions: ReadonlySet<number> = new Set([
  ...[1, 2, 3, 4, 5, 6, 7, 8, 32_766, 32_771, 32_773, 32_809, 32_946, 34_676, 34_677, 50_001],
]);
const compressionNames: Readonly<Record<number, string>> = {
  9: 'JBIG',
  10: 'JBIG',
  32909: 'PixarLog',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  34933: 'PNG',
  34934: 'JPEG XR',
  50000: 'Zstandard',
  50002: 'JPEG XL',
};

const oldJpeg = 6;
const jpeg = 7;
const webp = 50_001;
const white = 0;
const grey = 1;
const yCbCr = 6;
const lab = 8;
const unsigned = 1;
const signed = 2;
const float = 3;

const hasPlanes = ({ isPlanar, bits }: Samples): boolean => isPlanar && bits.length > 1;
/** Planes that libvips reads wrong: it joins strips of colours only, in whole bytes. */
const areHard = (samples: Samples): boolean =>
  samples.isTiled || isOdd(samples) || samples.photometric <= grey;
/** Colours in planes, all of them alike, that are joined from pictures of one plane. */
const areJoined = ({ bits, photometric, format, compression }: Samples): boolean =>
  new Set(bits).size === 1 &&
  canJoin(photometric, bits.length) &&
  format !== signed &&
  compression !== oldJpeg;
const isOdd = ({ bits }: Pick<Samples, 'bits'>): boolean =>
  bits.some((one) => one !== 8 && one !== 16) && !(bits.length === 1 && [1, 2, 4].includes(bits[0] ?? 1));
/** Integers whose bytes are read as samples. */
const isWide = ({ bits, format, predictor, photometric, isPlanar }: Samples): boolean =>
  format === unsigned &&
  predictor === 1 &&
  !isPlanar &&
  new Set(bits).size === 1 &&
  [24, 64].includes(bits[0] ?? 0) &&
  [bits.length === 1 && photometric <= 1, bits.length === 3 && photometric === 2].includes(true);

type Row = Pick<TiffReading, 'by' | 'instead'> & {
  readonly why: string | ((samples: Samples) => string);
  readonly fits: (samples: Samples) => boolean;
};

/** Pages that libvips refuses or reads wrong. The first matching row says how they are read. */
const readings: readonly Row[] = [
  {
    by: 'none',
    why: ({ compression }) => `compression by ${compressionNames[compression] ?? `method ${compression}`}`,
    instead: 'LZW, Deflate, PackBits, JPEG, WebP or no compression',
    fits: ({ compression, ...samples }) =>
      !readCompressions.has(compression) || (compression === webp && hasPlanes({ compression, ...samples })),
  },
  { by: 'magick', why: 'old-style JPEG', fits: ({ compression }) => compression === oldJpeg },
  {
    by: 'magick',
    why: 'YCbCr that is not JPEG',
    fits: ({ photometric, compression }) => photometric === yCbCr && compression !== jpeg,
  },
  {
    by: 'planes',
    why: 'planes',
    fits: (samples) =>
      hasPlanes(samples) && (areHard(samples) || samples.format === float) && areJoined(samples),
  },
  {
    by: 'none',
    why: 'this kind of planes',
    instead: 'all samples of a pixel together',
    fits: (samples) => hasPlanes(samples) && areHard(samples),
  },
  { by: 'bytes', why: 'integers of 24 or 64 bits', fits: isWide },
  {
    by: 'none',
    why: 'this kind of numbers',
    instead: 'integers of 8, 16 or 32 bits or floating point of 16, 32 or 64 bits',
    fits: ({ bits, format }) =>
      format > float ||
      bits.some((one) => (format === float ? ![16, 32, 64].includes(one) : one > 16 && one !== 32)),
  },
  {
    by: 'wider Lab',
    why: 'CIELab of 8 bits',
    fits: ({ photometric, bits }) =>
      photometric === lab && bits.length === 3 && bits.every((one) => one === 8),
  },
  {
    by: 'magick',
    why: 'CIELab with opacity',
    fits: ({ photometric, bits }) => photometric === lab && bits.length > 3,
  },
  {
    by: 'magick',
    why: 'signed or floating samples',
    fits: ({ photometric, format }) => photometric !== lab && (format === signed || format === float),
  },
  { by: 'magick', why: 'bits that are no whole bytes', fits: isOdd },
];

/** How a page is read. */
export function readingOf(input: Buffer, page: number): TiffReading {
  const samples = samplesOf(input, page);
  const row = samples && readings.find(({ fits }) => fits(samples));
  if (row === undefined) return { by: 'libvips', why: '' };
  const { by, instead } = row;
  return {
    by,
    ...(instead ? { instead } : {}),
    why: typeof row.why === 'string' ? row.why : row.why(samples as Samples),
  };
}

/** What ImageMagick does not know: black as the lowest negative number, and white as 0. */
export function magickChanges(input: Buffer, page: number): { offset?: true; negate?: true } {
  const samples = samplesOf(input, page);
  const isOffset = samples?.format === signed && samples.bits.length === 1 && samples.bits[0] === 16;
  return {
    ...(isOffset ? { offset: true as const } : {}),
    ...(samples?.photometric === white && samples.compression !== oldJpeg ? { negate: true as const } : {}),
  };
}
