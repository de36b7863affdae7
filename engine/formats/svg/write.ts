import { toRgba } from '../../native/raw_pixels.ts';
import type { Sharp } from '../../native/sharp.ts';
import type { Encoded, Format } from '../format.ts';
import { isPreset, traced, tracedIfGood } from './trace.ts';

/** A small picture is better drawn even where its pixels would take less. */
const smallDrawing = 20_000;

/** The picture itself inside an SVG: every pixel as it was. */
async function wrapped(image: Sharp): Promise<Encoded> {
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
  if (mode === 'trace') return await traced(await toRgba(image), 'logo', codecs);
  if (isPreset(mode)) return await traced(await toRgba(image), mode, codecs);
  const whole = await wrapped(image);
  if (mode === 'wrap') return whole;
  return (await tracedIfGood(image, Math.max(whole.data.length, smallDrawing), codecs)) ?? whole;
};
