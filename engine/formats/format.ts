/**
 * The type of a picture format. To add a format, write one file that exports a `Format` and add it to the list in
 * `index.ts`; a format that ImageMagick reads or writes is one row in `magick/rows.ts`.
 */
import type { CodecPool } from '../codec_worker/pool.ts';
import type { Output } from '../conversion.ts';
import type { Blocks } from '../metadata/blocks.ts';
import type { Sharp } from '../native/sharp.ts';
import type { Drawing } from '../svg/check.ts';
import type { Frame } from '../svg/size.ts';
import type { Size } from '../transform/geometry.ts';

/** The picture to be encoded. */
export interface PictureInfo {
  readonly width: number;
  readonly height: number;
  readonly pages: number;
  readonly alpha: boolean;
  /** Milliseconds, one number per frame. */
  readonly delay?: readonly number[];
  /** How often an animation plays; 0: endlessly. */
  readonly loop?: number;
}

export interface Encoded {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly pages: number;
  /** The way the file was made, for formats with several (SVG: trace or wrap). */
  readonly mode?: string;
  /** The quality that a search found. */
  readonly quality?: number;
}

/** Options for `decode`. */
export interface DecodeOptions {
  /** First page, from 0. */
  readonly page: number;
  readonly pages: number;
  readonly dpi: number;
  readonly maxPixels: number;
  readonly maxFrames: number;
  /** Pixels of the longer side that are enough, for formats that hold smaller copies; absent: all. */
  readonly leastSide?: number;
}

/** A picture in a format that sharp reads: one page, or all pages of an animated format. */
export interface Decoded {
  readonly bytes: Buffer;
  /** The number of pages in the file, if `bytes` do not say it. */
  readonly pages?: number;
  /** The number of frames in `bytes`, from the wanted one on, if not all are there. */
  readonly framesRead?: number;
  /** The size of the picture, if `bytes` may be a smaller copy of it. */
  readonly whole?: Size;
  readonly delay?: readonly number[];
  readonly loop?: number;
}

export type Engine = 'sharp' | 'magick' | 'pdfium' | 'vectorizer' | 'own';

/** An input that may pass through. */
export interface PassThroughSource extends Size {
  readonly drawing?: Drawing;
  readonly exact?: Frame;
}

/** One picture format: its names, its abilities, and how it is recognised, read and written. */
export interface Format {
  readonly name: string;
  readonly mime: string;
  /** Accepted names and file extensions, the usual one first. */
  readonly extensions: readonly string[];
  /** Extensions of input files only; outputs never get them. */
  readonly inputExtensions?: readonly string[];
  readonly reads: boolean;
  readonly writes: boolean;
  /** Whether several pictures in a file are frames, read and written together. */
  readonly animated: boolean;
  readonly alpha: boolean;
  /** Whether it can hold a colour profile. Otherwise colours are converted to sRGB. */
  readonly profiles?: true;
  /** Whether it can hold sixteen bits a sample. */
  readonly deep?: true;
  /** The longest side that its encoder writes, in pixels. Default: longer than any limit. */
  readonly maxSide?: number;
  /** Whether quality trades likeness for bytes. */
  readonly lossy?: true;
  /** Whether inputs are drawn from a description. That may take any time, so such inputs get fewer slots. */
  readonly document?: true;
  /** The library that reads and writes it. */
  readonly engine: Engine;
  /** Whether most of its files are read without that library. */
  readonly mostlyOwn?: true;
  /** The library that writes it, if another one. */
  readonly writer?: Engine;
  /** Whether these first bytes are of this format. */
  readonly sniff: (head: Buffer) => boolean;
  /** Decodes files that sharp does not read. @throws Problem `corrupt_image`, `too_many_pixels`, `unsupported_input`. */
  readonly decode?: (input: Buffer, options: DecodeOptions, codecs: CodecPool) => Promise<Decoded>;
  /** The output format of a request without `type`. Default: the same format. */
  readonly usualOutput?: string;
  /** Cleans and resizes an input without decoding it. @throws Problem `corrupt_image`. */
  readonly passThrough?: (source: PassThroughSource, wanted: Size) => Promise<Encoded>;
  /** Adds the EXIF, XMP and IPTC that the format can hold to a file that `encode` wrote. */
  readonly attach?: (file: Buffer, blocks: Blocks, made: Encoded) => Buffer;
  /**
   * Where readers look for the orientation: in the tag of EXIF, or in a field of the format. Default: a file has
   * none.
   */
  readonly orientation?: 'exif' | 'own';
  readonly encode?: (
    image: Sharp,
    output: Output,
    picture: PictureInfo,
    codecs: CodecPool,
  ) => Promise<Encoded>;
}
