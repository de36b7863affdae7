/** The public types of the npm package. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  Limits,
  OperationName,
  OutputFormat,
  Parameters,
  ProblemCode,
  ServeSettings,
} from './params.ts';

/** A picture: its bytes in any of these forms, or the path or `file:` URL of a file. */
export type Input = string | URL | Uint8Array | ArrayBuffer | Blob | AsyncIterable<Uint8Array>;

/** One step of several. */
export interface Step extends Parameters {
  readonly operation: OperationName;
  /** If the step fails, the conversion goes on without it. */
  readonly ignoreFailure?: boolean;
}

export interface ConvertOptions extends Parameters {
  /** Format of the output, by its name or extension; `auto`: the smallest that `accept` allows. Default: the input's; JPEG or PNG where it is not written. */
  readonly format?: OutputFormat | 'auto';
  /** An Accept header, for `format: 'auto'`. Default: WebP and AVIF are accepted. */
  readonly accept?: string;
  /** What to do. Default: `convert`, which scales by width and height if they are given. */
  readonly operation?: OperationName;
  /** A preset of the converter. Parameters beside it win over its own; another operation follows it. */
  readonly preset?: string;
  /** Ends the wait for a slot. A conversion that has begun goes on to its end. */
  readonly signal?: AbortSignal;
  /** Several operations in turn, instead of `operation` and its parameters. */
  readonly steps?: readonly Step[];
}

/** Facts about an output. */
export interface Info {
  /** Name of the format, such as `jpeg`. */
  readonly format: string;
  readonly mime: string;
  /** The usual file extension, such as `jpg`. */
  readonly extension: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** Frames or pages. */
  readonly pages: number;
  /** The quality that was found, for `quality: 'auto'` and `maxbytes`. */
  readonly quality?: number;
  /** How an SVG was made: `trace`, `wrap` or `clean`. */
  readonly mode?: string;
  /** Frames that the output lacks because of the limits. */
  readonly framesLeftOut?: number;
  readonly input: {
    readonly format: string;
    readonly width: number;
    readonly height: number;
    readonly pages: number;
  };
}

export interface Output {
  readonly data: Buffer;
  readonly info: Info;
}

/** Facts about a picture, from its header. */
export interface Inspected {
  readonly format: string;
  readonly mime: string;
  /** Pixels of one page as it is shown, that is after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** The EXIF tag, 1 to 8; 0 if there is none. */
  readonly orientation: number;
  readonly pages: number;
  readonly alpha: boolean;
  /** Colour space as libvips calls it: `srgb`, `cmyk`, `b-w`, ... */
  readonly space: string;
  readonly hasProfile: boolean;
  readonly bytes: number;
}

/** A format and what this installation can do with it. */
export interface FormatInfo {
  readonly name: string;
  readonly mime: string;
  readonly extensions: readonly string[];
  readonly reads: boolean;
  readonly writes: boolean;
  readonly alpha: boolean;
  readonly animated: boolean;
  readonly lossy: boolean;
  /** Optional packages that reading or writing it needs, and that are not installed. */
  readonly missing: readonly string[];
}

export interface ConverterOptions {
  /** Limits on pictures; each has a safe default. */
  readonly limits?: Limits;
  /** Conversions at a time; further calls wait. Default: the number of cores. */
  readonly concurrency?: number;
  /** Largest input, in bytes. Default: 256 MiB. */
  readonly maxInputBytes?: number;
  /**
   * Defaults for what a call leaves open. `inline`: quality 80, no metadata. `batch`: the same with smaller AVIF files.
   * `onthefly`: those of Imaginary, which keep metadata. Default: `inline`.
   */
  readonly door?: 'inline' | 'batch' | 'onthefly';
  /** Presets by name, as a file of presets has them: `{ thumb: { operation: 'crop', params: { width: 240 } } }`. */
  readonly presets?: Readonly<Record<string, unknown>>;
  /** Loads the picture of `watermarkimage`, from its parameter `image`. Without it such a step is refused. */
  readonly loadImage?: (image: string) => Promise<Uint8Array>;
}

/** Converts pictures within limits. */
export interface Converter {
  /** Converts one picture. @throws {Problem} */
  readonly convert: (input: Input, options?: ConvertOptions) => Promise<Output>;
  /** Reads the header of a picture. @throws {Problem} */
  readonly inspect: (input: Input) => Promise<Inspected>;
  /**
   * Ends the processes of optional codecs, if any were started. It may be called at any time, any number of times; a
   * later call starts them again. A program may also just end.
   */
  readonly close: () => Promise<void>;
}

/** An expected error; every error of this package is one. Its message may be shown to users. */
export interface Problem extends Error {
  readonly name: 'Problem';
  readonly code: ProblemCode;
  /** HTTP status that fits the error. */
  readonly status: number;
  /** Whether the same call may succeed later. */
  readonly retry: boolean;
}

export interface ProblemConstructor {
  new (code: ProblemCode, message: string, options?: { readonly cause?: unknown }): Problem;
  readonly prototype: Problem;
}

/** One finished request, for the program's log: its HTTP facts, and what was converted. */
export type RequestFacts = Readonly<Record<string, unknown>>;

export interface HandlerOptions extends ServeSettings {
  /** Called when a response is sent. Default: nothing is logged. */
  readonly onRequest?: (facts: RequestFacts) => void;
}

/** For `http.createServer`, and for `app.use` of Express and the like. It answers every request that reaches it. */
export interface ImageHandler {
  (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void): void;
  /** Resolves when the first picture will be fast; rejects with a Problem when the settings do not work. */
  readonly ready: Promise<void>;
}
