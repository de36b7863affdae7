import { sniff } from '../../../engine/formats/index.ts';
import { sharp } from '../../../engine/native/sharp.ts';
import { run } from './conversions.ts';

/** A picture in a few numbers: the colours of its blocks, on white. */
export interface Look {
  readonly width: number;
  readonly height: number;
  /** 6 x 4 blocks, red, green and blue. */
  readonly blocks: readonly number[];
  /** Opacity of the upper left corner, 0 to 255. */
  readonly corner: number;
}

const grid = { width: 6, height: 4 };

/** A file as the engine reads it, as PNG. */
export const readByEngine = async (bytes: Buffer): Promise<Buffer> =>
  (await run(bytes, { type: 'png', depth: '8' })).data;

/** What sharp shows as the engine does; it would draw an SVG of no size, and show the first frame of an APNG. */
const own = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'];

async function readable(bytes: Buffer): Promise<Buffer> {
  return own.includes(sniff(bytes).name) ? bytes : await readByEngine(bytes);
}

/** The look of a file in any format; the engine reads files that sharp cannot read. */
export async function look(bytes: Buffer): Promise<Look> {
  const png = await readable(bytes);
  const { data, info } = await sharp(png)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  // From the pixels: a decoder that makes a picture small as it reads would show other blocks.
  const blocks = await sharp(data, { raw: info })
    .flatten({ background: '#fff' })
    .resize({ ...grid, fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { width: info.width, height: info.height, blocks: [...blocks], corner: data[3] ?? 0 };
}

const brightness = ({ blocks }: Look): readonly number[] =>
  Array.from({ length: blocks.length / 3 }, (_, index) => {
    const [red = 0, green = 0, blue = 0] = blocks.slice(index * 3, index * 3 + 3);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });

/** The mean difference of two looks, 0 to 255; only of their brightness if one is grey. */
export function difference(a: Look, b: Look, isGrey = false): number {
  const [one, other] = isGrey ? [brightness(a), brightness(b)] : [a.blocks, b.blocks];
  return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;
}

const [dark, bright] = [60, 195];

/** The number of clearly dark or bright blocks of the first look that differ in the second, for black and white. */
export function wrongSides(a: Look, b: Look): number {
  const other = brightness(b);
  return brightness(a).filter((value, index) => {
    const seen = other[index] ?? 0;
    return (value < dark && seen > 127) || (value > bright && seen < 128);
  }).length;
}
