import type { Converted } from '../converted.ts';
import type { ConvertOptions } from '../options.ts';
import type { PlaceholderName } from './names.ts';
import { type Pixels, paletteOf } from './palette.ts';
import { type Small, shrink } from './small.ts';

/** What pages show before a picture has come. */
export interface Placeholders {
  /** ThumbHash (evanw.github.io/thumbhash), in base64. */
  readonly thumbhash?: string;
  /** BlurHash (blurha.sh), of 4 x 3 components. */
  readonly blurhash?: string;
  /** The most frequent colour, as `#rrggbb`; absent for a picture that is wholly transparent. */
  readonly color?: string;
  /** Up to six colours, the most frequent one first. */
  readonly palette?: readonly string[];
  /** A picture of a few pixels as a data URI of less than 400 bytes. */
  readonly lqip?: string;
}

type Make = (small: Small) => Promise<Placeholders>;

const paletteSize = 6;

/** Pixels that are more opaque than not. */
function opaque({ rgba }: Small): Pixels {
  const pixels: (readonly [number, number, number])[] = [];
  for (let at = 0; at < rgba.length; at += 4)
    if ((rgba[at + 3] ?? 0) > 127) pixels.push([rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0]);
  return pixels;
}

const maxUriBytes = 400;
/** Widths of the tiny picture; the first one that is small enough is taken. */
const tinyWidths = [32, 24, 20, 16, 12, 8, 4, 1];

async function tinyUri({ file }: Small): Promise<string> {
  const { sharp } = await import('../native/sharp.ts');
  let uri = '';
  for (const width of tinyWidths) {
    const resized = sharp(file).resize({ width, height: width, fit: 'inside', withoutEnlargement: true });
    const data = await resized.webp({ quality: 30, alphaQuality: 30, effort: 6 }).toBuffer();
    uri = `data:image/webp;base64,${data.toString('base64')}`;
    if (uri.length < maxUriBytes) break;
  }
  return uri;
}

/** Each kind of placeholder, and what makes it from a small picture. */
const kinds: Readonly<Record<PlaceholderName, Make>> = {
  thumbhash: async ({ rgba, width, height }) => {
    const { rgbaToThumbHash } = await import('thumbhash');
    return { thumbhash: Buffer.from(rgbaToThumbHash(width, height, rgba)).toString('base64') };
  },
  blurhash: async ({ rgba, width, height }) => {
    const { encode } = await import('blurhash');
    return { blurhash: encode(new Uint8ClampedArray(rgba), width, height, 4, 3) };
  },
  color: async (small) => {
    const palette = paletteOf(opaque(small), paletteSize);
    const [color] = palette;
    return color === undefined ? { palette } : { color, palette };
  },
  lqip: async (small) => ({ lqip: await tinyUri(small) }),
};

/** Makes placeholders of a picture. It is shrunk once, however many are asked for. @throws Problem as `convert` does. */
export async function makePlaceholders(
  picture: Buffer,
  names: readonly PlaceholderName[],
  options: ConvertOptions,
): Promise<Placeholders> {
  const small = await shrink(picture, options);
  return Object.assign({}, ...(await Promise.all(names.map((name) => kinds[name](small)))));
}

/** The placeholders of a conversion's output; of its input where the output cannot be read again. */
export const outputPlaceholders = async (
  { data, format }: Converted,
  input: Buffer,
  { names, options }: { readonly names: readonly PlaceholderName[]; readonly options: ConvertOptions },
): Promise<Placeholders> =>
  names.length === 0 ? {} : await makePlaceholders(format.reads ? data : input, names, options);

/** Placeholders as metadata of an object. */
export const placeholderMetadata = (made: Placeholders): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(made).map(([name, value]) => [`placeholder-${name}`, String(value)]));
