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
  /** Milliseconds a frame is shown, one a frame. */
  readonly delay?: readonly number[];
  /** How often an animation runs; 0 is for ever. */
  readonly loop?: number;
}

export interface Encoded {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly pages: number;
  /** How it was made, where a format has several ways (SVG: trace or wrap). */
  readonly mode?: string;
  /** The quality that a search came to. */
  readonly quality?: number;
}

/** What a reader of a foreign format is told. */
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

/** A picture in bytes that sharp reads: one page, or all of them where the format is animated. */
export interface Decoded {
  readonly bytes: Buffer;
  /** How many the file has, where the bytes do not say. */
  readonly pages?: number;
  /** How many frames from the wanted one on are in `bytes`, where those are fewer. */
  readonly framesRead?: number;
  /** The size of the picture, where `bytes` may be a smaller copy of it. */
  readonly whole?: Size;
  readonly delay?: readonly number[];
  readonly loop?: number;
}

export type Engine = 'sharp' | 'magick' | 'pdfium' | 'vectorizer' | 'own';

/** An input that its format may hand on. */
export interface Passed extends Size {
  readonly drawing?: Drawing;
  readonly exact?: Frame;
}

/** One picture format: what it is called, can do, looks like, and how it is read and written. */
export interface Format {
  readonly name: string;
  readonly mime: string;
  /** Accepted names and file extensions, the usual one first. */
  readonly extensions: readonly string[];
  /** Extensions of input files only: no output is called so. */
  readonly inputExtensions?: readonly string[];
  readonly reads: boolean;
  readonly writes: boolean;
  /** Whether several pictures in a file are frames, read and written together. */
  readonly animated: boolean;
  readonly alpha: boolean;
  /** Whether it can carry a colour profile; without one, colours are converted to sRGB. */
  readonly profiles?: true;
  /** Whether it can hold sixteen bits a sample. */
  readonly deep?: true;
  /** Whether quality trades likeness for bytes. */
  readonly lossy?: true;
  /** Whether it is drawn from a description, which may take any time: so it gets fewer of the slots. */
  readonly document?: true;
  /** The library that does the work. */
  readonly engine: Engine;
  /** The one that writes, if it is another. */
  readonly writer?: Engine;
  /** Whether these first bytes are of this format. */
  readonly sniff: (head: Buffer) => boolean;
  /** For what sharp does not read. @throws Problem `corrupt_image`, `too_many_pixels`, `unsupported_input`. */
  readonly decode?: (input: Buffer, options: DecodeOptions, codecs: CodecPool) => Promise<Decoded>;
  /** What is written where no type is asked for, if it is not the same again. */
  readonly usualOutput?: string;
  /** The input itself, cleaned and at another size. @throws Problem `corrupt_image`. */
  readonly pass?: (source: Passed, wanted: Size) => Promise<Encoded>;
  /** Puts EXIF, XMP and IPTC into a file that `encode` wrote, as far as the format has a place for them. */
  readonly attach?: (file: Buffer, blocks: Blocks, made: Encoded) => Buffer;
  /**
   * Where a file can say how its pixels lie: in the orientation tag of EXIF, or in a place of its own, so that
   * readers ignore EXIF's. Absent: nowhere.
   */
  readonly orientation?: 'exif' | 'own';
  readonly encode?: (
    image: Sharp,
    output: Output,
    picture: PictureInfo,
    codecs: CodecPool,
  ) => Promise<Encoded>;
}
