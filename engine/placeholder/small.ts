import { conversionOf } from '../conversion.ts';
import { convert } from '../convert.ts';
import { sharp } from '../native/sharp.ts';
import type { ConvertOptions } from '../options.ts';

/** A picture of at most 100 x 100 pixels, upright and in sRGB: what all placeholders are made from. */
export interface Small {
  /** PNG. */
  readonly file: Buffer;
  /** Red, green, blue and opacity of each pixel. */
  readonly rgba: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The longest side that a ThumbHash may have. */
const side = 100;

const step = {
  operation: 'fit',
  params: { width: side, height: side, type: 'png', stripmeta: true, pages: 1 },
} as const;

/** Shrinks a picture, of any format that can be read. @throws Problem. */
export async function shrink(picture: Buffer, options: ConvertOptions): Promise<Small> {
  const { data: file } = await convert(picture, conversionOf([step], 'onthefly'), options);
  const { data, info } = await sharp(file)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { file, rgba: new Uint8Array(data), width: info.width, height: info.height };
}
