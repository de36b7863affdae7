import { attributesOf, backgroundStyle, mediaType, srcsetOf } from '../../../client/html.ts';

/** The size of a picture as it is shown. */
export interface Shown {
  readonly width: number;
  readonly height: number;
}

/** A picture to choose from. */
export interface Candidate extends Shown {
  /** The width in its URL: it is another one than that of the picture where a frame is around it. */
  readonly asked: number;
}

export interface SrcsetOptions {
  /** The pictures to choose from, the narrowest one first. */
  readonly candidates: readonly Candidate[];
  /** Formats, best first; the last one is for all browsers. */
  readonly types: readonly string[];
  readonly sizes: string;
  readonly alt: string;
  /** A background while the picture loads: a colour or a data URI. */
  readonly background?: string;
  /** The URL of the picture of a width, in a format. */
  readonly urlOf: (asked: number, type: string) => string;
}

export interface Srcset {
  readonly width: number;
  readonly height: number;
  readonly sources: readonly { readonly type: string; readonly srcset: string }[];
  readonly src: string;
  /** A ready `<picture>`. */
  readonly html: string;
}

/** Everything that a page needs to show a picture at several widths and in several formats. */
export function makeSrcset(options: SrcsetOptions): Srcset {
  const { candidates, types, sizes, alt, background, urlOf } = options;
  const { asked, width, height } = candidates.at(-1) ?? { asked: 1, width: 1, height: 1 };
  const sources = types.map((type) => ({
    type: mediaType(type),
    srcset: srcsetOf(
      candidates.map((one) => urlOf(one.asked, type)),
      candidates.map((one) => one.width),
    ),
  }));
  const last = sources.at(-1);
  const src = urlOf(asked, types.at(-1) ?? 'jpeg');
  const image = attributesOf({
    src,
    srcset: last?.srcset,
    sizes,
    width,
    height,
    alt,
    loading: 'lazy',
    style: background === undefined ? undefined : backgroundStyle(background),
  });
  const before = sources
    .slice(0, -1)
    .map(({ type, srcset }) => `<source${attributesOf({ type, sizes, srcset })}>`);
  return { width, height, sources, src, html: `<picture>${before.join('')}<img${image}></picture>` };
}
