import { Problem } from '../../../common/problem.ts';
import { rgbPpm } from './pam.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

const defined = (text: string, what: string): number =>
  Number(new RegExp(`#define[ \\t]+\\w*${what}[ \\t]+(\\d{1,5})\\b`).exec(text)?.[1] ?? 0);

/** How far into a file its size and its first values must stand. */
const headBytes = 4_096;

/** Whether this is the text of a C program that holds a bitmap (X11, `XWriteBitmapFile`). */
export function isXbm(head: Buffer): boolean {
  const start = head.toString('latin1', 0, headBytes);
  return (
    /^\s*(?:\/\*[^*]*\*\/\s*)?#define[ \t]+\w*width[ \t]+\d/.test(start) &&
    /#define[ \t]+\w*height[ \t]+\d/.test(start) &&
    /static\s+(?:unsigned\s+)?(?:const\s+)?(?:char|short)\s+\w*bits\s*\[/.test(start)
  );
}

/** The values between the braces. */
function* valuesIn(text: string): Generator<number> {
  for (const [value] of text.matchAll(/0[xX][\da-fA-F]{1,4}|\d{1,5}/g)) yield Number(value);
}

/** Set bits are black; the lowest one is the leftmost pixel. */
export const rewriteXbm: Rewrite = (data, { maxPixels }) => {
  const text = data.toString('latin1');
  const [width, height] = [defined(text, 'width'), defined(text, 'height')];
  if (width === 0 || height === 0)
    throw new Problem('corrupt_image', 'Cannot decode image: XBM has no pixels');
  checkPixels(width, height, maxPixels);
  const bits = /\bshort\s+\w*bits\s*\[/.test(text.slice(0, headBytes)) ? 16 : 8;
  const perRow = Math.ceil(width / bits);
  const pixels = Buffer.alloc(width * height * 3, 255);
  let index = 0;
  for (const value of valuesIn(text.slice(text.indexOf('{') + 1))) {
    const y = Math.floor(index / perRow);
    if (y >= height) break;
    const left = (index % perRow) * bits;
    for (let bit = 0; bit < bits && left + bit < width; bit += 1)
      if ((value >> bit) & 1) pixels.fill(0, (y * width + left + bit) * 3, (y * width + left + bit + 1) * 3);
    index += 1;
  }
  if (index < perRow * height)
    throw new Problem('corrupt_image', 'Cannot decode image: XBM ends before its last pixel');
  return { coder: 'PPM', data: rgbPpm(pixels, width, height) };
};
