import type { Format } from '../format.ts';

/** What may stand before the root element: white space, declaration and instructions, comments, DOCTYPE. */
const misc = /\s+|<\?[^>]*\?>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>/iy;
const root = /<(?:\w+:)?svg[\s>/]/iy;

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
  writes: false,
  animated: false,
  alpha: true,
  engine: 'sharp',
  sniff: (head) => {
    const text = head.toString('utf8');
    root.lastIndex = rootAt(text);
    return root.test(text);
  },
};
