import type { Encoded, EncodeFacts, Format } from '../format.ts';
import type { Sharp } from '../sharp.ts';

/** What may stand before the root element: white space, declaration and instructions, comments, DOCTYPE. */
const misc = /\s+|<\?[^>]*\?>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>/iy;
const root = /<(?:\w+:)?svg[\s>/]/iy;

/** Where the root element should begin: one step per piece, so hostile text cannot make it slow. */
function rootAt(text: string): number {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (misc.lastIndex = at; misc.test(text); misc.lastIndex = at) at = misc.lastIndex;
  return at;
}

/** The picture itself inside an SVG: every pixel as it was. */
export async function wrapped(image: Sharp): Promise<Encoded> {
  const { data: png, info } = await image.png().toBuffer({ resolveWithObject: true });
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
    const text = head.toString('utf8');
    root.lastIndex = rootAt(text);
    return root.test(text);
  },
  encode: (image, _output, _facts: EncodeFacts) => wrapped(image),
};
