import { differenceCiede2000 } from 'culori';

export type Rgb8 = readonly [number, number, number];

const apart = differenceCiede2000();
const srgb = ([r, g, b]: Rgb8) => ({ mode: 'rgb', r: r / 255, g: g / 255, b: b / 255 }) as const;

/** How far apart two sRGB colours look (CIEDE2000): below 2 hardly anybody sees it. */
export const deltaE = (a: Rgb8, b: Rgb8): number => apart(srgb(a), srgb(b));
