import { attributesOf, backgroundStyle, mediaType, srcsetOf } from '../../../client/html.ts';

/** The size of a picture as it is shown. */
export interface Shown {
  readonly width: number;
  readonly height: number;
}

export interface SrcsetOptions {
  /** Widths that are asked for; those of more pixels than the picture has become its own width. */
  readonly widths: readonly number[];
  /** Formats, best first; the last one is for all browsers. */
  readonly types: readonly string[];
  readonly sizes: string;
  readonly alt: string;
  /** A background while the picture loads: a colour or a data URI. */
  readonly background?: string;
  /** The URL of the picture at a width, in a format. */
  readonly urlOf: (width: number, type: string) => string;
}

export interface Srcset {
  readonly width: number;
  readonly height: number;
  readonly sources: readonly { readonly type: string; readonly srcset: string }[];
  readonly src: string;
  /** A ready `<picture>`. */
  readonly html: string;
}

/** Widths in order, each once, none larger than the picture. */
export const fittingWidths = (widths: readonly number[], { width }: Shown): readonly number[] =>
  [...new Set(widths.map((one) => Math.min(one, width)))].toSorted((a, b) => a - b);

/** Everything that a page needs to show a picture at several widths and in several formats. */
export function makeSrcset(shown: Shown, options: SrcsetOptions): Srcset {
  const { types, sizes, alt, background, urlOf } = options;
  const widths = fittingWidths(options.widths, shown);
  const largest = widths.at(-1) ?? shown.width;
  const height = Math.max(1, Math.round((shown.height * largest) / shown.width));
  const sources = types.map((type) => ({
    type: mediaType(type),
    srcset: srcsetOf(
      widths.map((width) => urlOf(width, type)),
      widths,
    ),
  }));
  const last = sources.at(-1);
  const src = urlOf(largest, types.at(-1) ?? 'jpeg');
  const image = attributesOf({
    src,
    srcset: last?.srcset,
    sizes,
    width: largest,
    height,
    alt,
    loading: 'lazy',
    style: background === undefined ? undefined : backgroundStyle(background),
  });
  const before = sources
    .slice(0, -1)
    .map(({ type, srcset }) => `<source${attributesOf({ type, sizes, srcset })}>`);
  return { width: largest, height, sources, src, html: `<picture>${before.join('')}<img${image}></picture>` };
}
