import type { Format } from './formats/format.ts';
import { fileType } from './formats/index.ts';
import type { Source } from './header/inspect.ts';

/** The outcome of a conversion. */
export interface Converted {
  readonly data: Buffer;
  readonly format: Format;
  readonly info: {
    readonly width: number;
    readonly height: number;
    readonly pages: number;
    /** Passes over the pixels. */
    readonly passes: number;
    readonly input: Pick<Source, 'width' | 'height' | 'pages'> & { readonly format: string };
    /** How the output was made, where its format has several ways (SVG: trace, wrap, clean). */
    readonly mode?: string;
    /** The quality that the search chose (`quality=auto`, `maxbytes`). */
    readonly quality?: number;
    /** Frames of an animation that the output lacks because of the limits. */
    readonly framesLeftOut?: number;
  };
}

/** Metadata of the output object: its size in pixels, and how it was made. */
export const outputDetails = ({
  info: { width, height, mode, framesLeftOut },
}: Converted): Readonly<Record<string, string>> => ({
  width: `${width}`,
  height: `${height}`,
  ...(mode ? { mode } : {}),
  ...(framesLeftOut ? { 'frames-left-out': `${framesLeftOut}` } : {}),
});

/** Details of a conversion for its log line, span and metrics. `pixels` are those of the input's first page. */
export const conversionDetails = ({ data, info }: Converted) => ({
  bytes: data.length,
  width: info.width,
  height: info.height,
  input: fileType(info.input.format),
  pixels: info.input.width * info.input.height,
  ...(info.mode ? { mode: info.mode } : {}),
  ...(info.quality ? { quality: info.quality } : {}),
  ...(info.framesLeftOut ? { framesLeftOut: info.framesLeftOut } : {}),
});
