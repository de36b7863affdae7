import type { Encoded, Format } from '../format.ts';
import type { Sharp } from '../sharp.ts';
import { cleanSvg } from '../svg_clean.ts';
import { rgba } from './raw_pixels.ts';
import { isPreset, traced, tracedIfGood } from './svg_trace.ts';

/** What may stand before the root element: white space, declaration and instructions, comments, DOCTYPE. */
const misc = /\s+|<\?[^>]*\?>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>/iy;
const root = /<(?:\w+:)?svg[\s>/]/iy;

/** How far in the root element must begin. */
const textBytes = 4096;

/** Where the root element should begin: one step per piece, so hostile text cannot make it slow. */
function rootAt(text: string): number {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (misc.lastIndex = at; misc.test(text); misc.lastIndex = at) at = misc.lastIndex;
  return at;
}

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

export const svg: Format = {
  name: 'svg',
  mime: 'image/svg+xml',
  extensions: ['svg'],
  reads: true,
  writes: true,
  animated: false,
  alpha: true,
  engine: 'sharp',
  sniff: (head) => {
    const text = head.toString('utf8', 0, textBytes);
    root.lastIndex = rootAt(text);
    return root.test(text);
  },
  pass: async (input, natural, wanted) => ({
    data: await cleanSvg(input, natural, wanted),
    width: wanted.width,
    height: wanted.height,
    pages: 1,
    mode: 'clean',
  }),
  encode: async (image, { svg: mode = 'auto' }, _facts, isolate) => {
    if (mode === 'trace') return await traced(await rgba(image), 'logo', isolate);
    if (isPreset(mode)) return await traced(await rgba(image), mode, isolate);
    const whole = await wrapped(image);
    if (mode === 'wrap') return whole;
    return (await tracedIfGood(image, Math.max(whole.data.length, smallDrawing), isolate)) ?? whole;
  },
};
