import type { Format } from '../format.ts';

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
    data: await (await import('../svg_clean.ts')).cleanSvg(input, natural, wanted),
    width: wanted.width,
    height: wanted.height,
    pages: 1,
    mode: 'clean',
  }),
  encode: async (...given) => await (await import('./svg_write.ts')).encodeSvg(...given),
};
