import { toRgba } from '../../native/raw_pixels.ts';
import type { Sharp } from '../../native/sharp.ts';
import type { Encoded, Format } from '../format.ts';
import { isPreset, traceIfGood, tracePixels } from './trace.ts';

/** Up to this many bytes, shapes are preferred even if the pixels need fewer. */
const smallDrawing = 20_000;

/** Embeds the picture in an SVG, with every pixel unchanged. */
async function wrap(image: Sharp): Promise<Encoded> {
  const { data: png, info } = await image.clone().png().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const data = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
      `<image width="${width}" height="${height}" href="data:image/png;base64,${png.toString('base64')}"/></svg>\n`,
  );
  return { data, width, height, pages: 1, mode: 'wrap' };
}

export const encodeSvg: NonNullable<Format['encode']> = async (
  image,
  { svg: mode = 'auto' },
  _picture,
  codecs,
) => {
  if (mode === 'trace') return await tracePixels(await toRgba(image), 'logo', codecs);
  if (isPreset(mode)) return await tracePixels(await toRgba(image), mode, codecs);
  const whole = await wrap(image);
  if (mode === 'wrap') return whole;
  return (await traceIfGood(image, Math.max(whole.data.length, smallDrawing), codecs)) ?? whole;
};
