import { attributesOf, backgroundStyle, mediaType, srcsetOf } from './html.ts';
import type { OperationParameters, OutputType, Parameters } from './tables.ts';

export interface WidthOptions {
  /** Widths in pixels; each comes once, smallest first. */
  readonly widths: readonly number[];
  /** Default: resize. */
  readonly operation?: keyof OperationParameters;
  /** Further parameters. With a height, it is that of the largest width, and shrinks with the others. */
  readonly params?: Parameters;
}

export interface PictureOptions extends WidthOptions {
  /** Formats, best first. Default: AVIF and WebP. */
  readonly types?: readonly OutputType[];
  /** Format for other browsers. Default: JPEG. */
  readonly fallback?: OutputType;
  /** The width at which the page shows it. Default: 100vw. */
  readonly sizes?: string;
  readonly alt: string;
  /** A colour or a data URI, which is seen while the picture loads: `color` or `lqip` of `info`. */
  readonly background?: string;
  readonly class?: string;
  /** Default: lazy. */
  readonly loading?: 'lazy' | 'eager';
}

type Urls = readonly (string | Promise<string>)[];

/** Combines URLs, at once where all are there already. */
const combine = (urls: Urls, made: (texts: readonly string[]) => string): string | Promise<string> =>
  urls.every((url) => typeof url === 'string')
    ? made(urls as readonly string[])
    : Promise.all(urls).then(made);

const inOrder = (widths: readonly number[]): readonly number[] =>
  [...new Set(widths)].toSorted((a, b) => a - b);

/** Parameters at one width: a height shrinks with it. */
function atWidth({ params = {}, widths }: WidthOptions, width: number): Parameters {
  const { height } = params;
  const scaled = height && Math.round((height * width) / Math.max(...widths));
  return { ...params, width, ...(scaled ? { height: scaled } : {}) };
}

type Text = string | Promise<string>;

interface Pictures {
  readonly srcset: (source: string, options: WidthOptions) => Text;
  readonly picture: (source: string, options: PictureOptions) => Text;
}

/** Pictures at several widths, of the URLs of a client. */
export function createPictures(urlOf: (path: string, source: string, params: object) => Text): Pictures {
  const at = (source: string, given: WidthOptions, params: Parameters = {}): Urls =>
    given.widths.map((width) =>
      urlOf(given.operation ?? 'resize', source, { ...atWidth(given, width), ...params }),
    );
  const srcset = (source: string, options: WidthOptions) => {
    const given = { ...options, widths: inOrder(options.widths) };
    return combine(at(source, given), (urls) => srcsetOf(urls, given.widths));
  };
  const picture = (source: string, options: PictureOptions) => {
    const { types = ['avif', 'webp'], fallback = 'jpeg', sizes = '100vw' } = options;
    const widths = inOrder(options.widths);
    const given = { ...options, widths };
    const all = [...types, fallback];
    const urlsOf = (urls: readonly string[], index: number) =>
      urls.slice(index * widths.length, (index + 1) * widths.length);
    return combine(
      all.flatMap((type) => at(source, given, { type })),
      (urls) => {
        const sources = types.map((type, index) => {
          const set = { type: mediaType(type), sizes, srcset: srcsetOf(urlsOf(urls, index), widths) };
          return `<source${attributesOf(set)}>`;
        });
        const srcset = srcsetOf(urlsOf(urls, types.length), widths);
        const { width, height } = atWidth(given, Math.max(...widths));
        const { alt, class: names, loading = 'lazy', background } = given;
        const style = background && backgroundStyle(background);
        const shown = { src: urls.at(-1), srcset, sizes, width, height, alt, class: names, loading, style };
        return `<picture>${sources.join('')}<img${attributesOf(shown)}></picture>`;
      },
    );
  };
  return { srcset, picture };
}
