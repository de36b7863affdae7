import { Problem } from '../../common/problem.ts';
import type { Decode } from '../conversion.ts';
import type { Format } from '../formats/format.ts';
import { sniff } from '../formats/index.ts';
import type { FoundBlocks } from '../metadata/blocks/read.ts';
import { hasExifOver } from '../metadata/exif_size.ts';
import { countDirectories, openTiff } from '../metadata/tiff_directory.ts';
import { type SharpOptions, sharp } from '../native/sharp.ts';
import type { Drawing } from '../svg/check.ts';
import { readDrawing } from '../svg/index.ts';
import type { Frame, RawSize } from '../svg/size.ts';
import { wholeSize } from '../transform/geometry.ts';
import { type Header, jpegHeader, type PlainHeader } from './jpeg.ts';
import { pngHeader } from './png.ts';
import { corrupt, decodeInput, headerSide, type InspectOptions, type Readable, sideOf } from './readable.ts';

/** A picture before any work: its header, and bytes that sharp reads. */
export interface Source {
  readonly format: Format;
  /** The input, or its pixels in a format that sharp reads. */
  readonly bytes: Buffer;
  /** The size of raw pixels, if `bytes` are those. */
  readonly raw?: RawSize;
  /** Pixels an inch: of an SVG that sharp draws itself, or of the file that raw pixels came from. */
  readonly density?: number;
  /** Pixels of one page, as stored. */
  readonly width: number;
  readonly height: number;
  /** The EXIF tag, 1 to 8; 0 if there is no tag. */
  readonly orientation: number;
  readonly pages: number;
  /** The page that is read if the request names none. */
  readonly mainPage: number;
  /** Whether `bytes` hold all pages. Otherwise they hold only the requested one. */
  readonly paged: boolean;
  readonly alpha: boolean;
  /** As libvips calls it: srgb, b-w, cmyk, rgb16, ... */
  readonly space: string;
  readonly hasProfile: boolean;
  /** Metadata that was found with the header. */
  readonly blocks: FoundBlocks;
  /** The drawing of an SVG, and its frame in fractions of a pixel. */
  readonly drawing?: Drawing;
  readonly exact?: Frame;
  readonly hasGainMap: boolean;
  readonly channels: number;
  /** The longer side of `bytes`, if they are a smaller copy of the picture. */
  readonly heldSide?: number;
  /** The number of frames that can be read, if a decoder left out frames over the limits. */
  readonly framesRead?: number;
  readonly delay?: readonly number[];
  readonly loop?: number;
  /** Whether the pixels are indices of a palette. */
  readonly paletted: boolean;
  /** Bits a sample, as libvips calls them: uchar, ushort, ... */
  readonly depth: string;
}

/** Whether several pages are frames of one animation. */
export const isAnimation = ({ pages, format, delay }: Source): boolean =>
  pages > 1 && (format.animated || delay !== undefined);

/** Options of sharp for reading. The engine checks limits on pixels itself, on the header. */
export const readOptions = (decode: Pick<Decode, 'damaged'>): SharpOptions => ({
  failOn: decode.damaged === 'read' ? 'none' : 'error',
  limitInputPixels: false,
});

const drawingHeader = {
  hasAlpha: true,
  space: 'srgb',
  hasProfile: false,
  channels: 4,
  depth: 'uchar',
} as const;

interface DrawnInput {
  readonly header: Header;
  readonly drawing: Drawing;
  readonly exact: Frame;
}

async function inspectDrawing(input: Buffer, options: InspectOptions): Promise<DrawnInput> {
  const { drawing, exact } = await readDrawing(input, options);
  const size = wholeSize(exact);
  return { header: { ...size, ...drawingHeader }, drawing, exact };
}

/** Fast readers of headers; undefined for unusual files. */
const plainHeaders: Readonly<Record<string, (bytes: Buffer) => PlainHeader | undefined>> = {
  jpeg: jpegHeader,
  png: pngHeader,
};

async function header(
  bytes: Buffer,
  { animated }: Format,
  { damaged, page }: Pick<Decode, 'damaged' | 'page'>,
): Promise<Header> {
  try {
    const main = await sharp(bytes, readOptions({ damaged })).metadata();
    const last = (main.pages ?? 1) - 1;
    if (page === undefined || last === 0 || animated) return main;
    // Frames have one size, but pages may differ.
    return await sharp(bytes, { ...readOptions({ damaged }), page: Math.min(page, last) }).metadata();
  } catch (cause) {
    throw corrupt(cause);
  }
}

const blocksIn = ({ exif, xmp, iptc }: Header): FoundBlocks => ({
  ...(exif ? { exif } : {}),
  ...(xmp ? { xmp } : {}),
  ...(iptc ? { iptc } : {}),
});

/** libvips reads all directories before the first pixel; many of them can take half a minute. */
const maxDirectories = 2_000;

function checkTiff(input: Buffer): void {
  const tiff = openTiff(input);
  if (tiff === undefined || countDirectories(tiff, maxDirectories) <= maxDirectories) return;
  throw new Problem('corrupt_image', `TIFF has more than ${maxDirectories} pages`);
}

/** Cameras write about a hundred. libexif takes minutes for directories that contain each other. */
const maxExifEntries = 20_000;

function checkExif(input: Buffer): void {
  if (!hasExifOver(input, maxExifEntries)) return;
  throw new Problem('corrupt_image', `EXIF has more than ${maxExifEntries} entries`);
}

/** @throws Problem `invalid_param` if the requested page does not exist. */
function checkPage(page: number | undefined, pages?: number): void {
  if (page === undefined || (page >= 0 && page < (pages ?? page + 1))) return;
  const there =
    pages === 1 ? '0, since the picture has one page' : `0 to ${pages ? pages - 1 : 'the last one'}`;
  throw new Problem('invalid_param', `page: expected ${there}, got ${page}`);
}

/**
 * Reads a header.
 * @throws Problem `missing_image` (no bytes), `unsupported_input`, `corrupt_image`, `too_large` (SVG),
 * `invalid_param` (a page that does not exist).
 */
export async function inspect(input: Buffer, decode: Decode, options: InspectOptions): Promise<Source> {
  if (input.length === 0) throw new Problem('missing_image', 'image: expected a picture, got no bytes');
  checkPage(decode.page);
  const format = sniff(input);
  if (format.name === 'tiff') checkTiff(input);
  const plain = plainHeaders[format.name]?.(input);
  checkExif(input.subarray(0, plain?.pixelsAt));
  const drawn = format.name === 'svg' ? await inspectDrawing(input, options) : undefined;
  // sharp reads an ordinary JPEG or PNG as it is.
  const decoded: Readable =
    drawn || plain
      ? { bytes: input }
      : await decodeInput(input, format, { ...decode, leastSide: headerSide }, options);
  const meta = drawn?.header ?? plain ?? (await header(decoded.bytes, format, decode));
  const { delay = meta.delay, loop = meta.loop, framesRead, whole, pages = meta.pages ?? 1 } = decoded;
  checkPage(decode.page, pages);
  return {
    format,
    bytes: decoded.bytes,
    width: whole?.width ?? meta.width,
    height: whole?.height ?? meta.pageHeight ?? meta.height,
    orientation: meta.orientation ?? 0,
    pages,
    mainPage: meta.pagePrimary ?? 0,
    paged: (meta.pages ?? 1) > 1,
    alpha: meta.hasAlpha,
    space: meta.space,
    hasProfile: meta.hasProfile,
    blocks: blocksIn(meta),
    ...(drawn ? { drawing: drawn.drawing, exact: drawn.exact } : {}),
    hasGainMap: 'gainMap' in meta && meta.gainMap !== undefined,
    channels: meta.channels,
    paletted: format.name === 'gif' || ('isPalette' in meta && meta.isPalette === true),
    depth: meta.depth,
    ...(whole ? { heldSide: sideOf(meta) } : {}),
    ...(framesRead === undefined ? {} : { framesRead }),
    ...(delay ? { delay } : {}),
    ...(loop === undefined ? {} : { loop }),
  };
}
