import {
  directoryAt,
  findEntry,
  numberOf,
  openTiff,
  type Tiff,
  type TiffDirectory,
} from '../../metadata/tiff_directory.ts';

/** The samples of a page, by its directory or the defaults of TIFF 6.0. */
export interface Samples {
  readonly bits: readonly number[];
  readonly compression: number;
  readonly photometric: number;
  readonly isPlanar: boolean;
  readonly isTiled: boolean;
  /** 1: unsigned, 2: signed, 3: floating point. */
  readonly format: number;
  /** 1: samples are stored as they are, otherwise as differences. */
  readonly predictor: number;
}

export const tag = {
  bits: 258,
  compression: 259,
  width: 256,
  photometric: 262,
  stripOffsets: 273,
  samples: 277,
  stripLengths: 279,
  planar: 284,
  predictor: 317,
  tileWidth: 322,
  tileOffsets: 324,
  tileLengths: 325,
  extraSamples: 338,
  format: 339,
  profile: 34_675,
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
    predictor: first(tag.predictor, 1),
  };
}

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

/** The samples of a page; undefined if the file does not have it. */
export function samplesOf(input: Buffer, page: number): Samples | undefined {
  const opened = openPage(input, page);
  return opened && readSamples(opened.tiff, opened.directory);
}
