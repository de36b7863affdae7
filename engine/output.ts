import type { Colour } from '../common/colour.ts';

/** How the picture is encoded: part of a Conversion, plain JSON. */
export interface Output {
  /** Name of a format; absent: as the input. `auto`: the best of `accept`. */
  readonly type?: string;
  /** Names of the formats that the client takes, best first; used with `auto`. */
  readonly accept?: readonly string[];
  /** 1 to 100, where it was asked for. */
  readonly quality?: number;
  /** Searched for: the lowest that looks `similarity` like the original. */
  readonly autoQuality?: boolean;
  /** Structural similarity that `autoQuality` aims at, 0 to 1. */
  readonly similarity?: number;
  /** Quality falls as far as it takes. */
  readonly maxBytes?: number;
  /** The door's, for formats that have no better of their own. */
  readonly defaultQuality: number;
  readonly compression?: number;
  readonly palette?: boolean;
  readonly interlace?: boolean;
  readonly lossless?: boolean;
  readonly effort?: number;
  /** How SVG is made: `auto`, `wrap`, `trace`, or a preset of tracing. */
  readonly svg?: string;
  readonly tiffCompression: 'none' | 'deflate';
  /** AVIF's effort where none is given, 0 to 9. */
  readonly avifEffort: number;
  /** EXIF and XMP: `keep` also keeps the colour profile unconverted. */
  readonly metadata: 'keep' | 'strip';
  /** Artist and Copyright stay where the rest of EXIF is dropped. */
  readonly keepCopyright?: boolean;
  /** Bits a sample: `keep` has sixteen where input and output do. */
  readonly depth: '8' | 'keep';
  /** Colour profile: kept with unconverted pixels, or converted to sRGB and dropped. */
  readonly profile: 'keep' | 'srgb';
  /** Under transparency where the format has none and the operation set no background. */
  readonly background: Colour;
}
