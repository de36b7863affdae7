import type { Output } from '../conversion.ts';
import type { Sharp } from '../native/sharp.ts';
import type { Encoded, Format, PictureInfo } from './format.ts';

/** An encoder that is one call of sharp. */
export const encodeWithSharp =
  (write: (image: Sharp, output: Output, picture: PictureInfo) => Sharp): NonNullable<Format['encode']> =>
  async (image, output, picture) => {
    const { data, info } = await write(image, output, picture).toBuffer({ resolveWithObject: true });
    const pages = info.pages ?? 1;
    return { data, width: info.width, height: info.pageHeight ?? info.height, pages } satisfies Encoded;
  };

/** Of loops and of milliseconds, as sharp takes them. GIF, whose unit is ten milliseconds, and APNG may say more. */
const most = 65_535;

/** The timing of an animation as options of sharp. */
export const timingOptions = ({ pages, delay, loop }: PictureInfo): { delay?: number[]; loop?: number } =>
  pages > 1
    ? {
        ...(delay ? { delay: delay.slice(0, pages).map((one) => Math.min(one, most)) } : {}),
        ...(loop === undefined ? {} : { loop: Math.min(loop, most) }),
      }
    : {};
