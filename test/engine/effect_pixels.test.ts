import { expect, test } from '@jest/globals';
import { converter } from 'culori';
import { sharp } from '../../engine/native/sharp.ts';
import { drawn, open, pixelAt, type Raw, type Rgb } from './support/pictures.ts';
import { run } from './support/run.ts';

const [toLch, toLab, toRgb] = [converter('lch65'), converter('lab65'), converter('rgb')];
const colourOf = ([r, g, b]: Rgb) => ({ mode: 'rgb' as const, r: r / 255, g: g / 255, b: b / 255 });
const clip = (value: number): number => Math.max(0, Math.min(255, value));
const bytesOf = (colour: Parameters<typeof toRgb>[0]): Rgb => {
  const { r, g, b } = toRgb(colour) ?? { r: 0, g: 0, b: 0 };
  return [clip(255 * r), clip(255 * g), clip(255 * b)];
};
const each = (rgb: Rgb, change: (value: number, channel: number) => number): Rgb => {
  const [r, g, b] = rgb.map((value, channel) => clip(change(value, channel)));
  return [r ?? 0, g ?? 0, b ?? 0];
};
const luma = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** Chroma and hue in degrees, lightness 0 to 100. */
const inLch =
  (change: (l: number, c: number, h: number) => readonly [number, number, number]) =>
  (rgb: Rgb): Rgb => {
    const { l, c, h = 0 } = toLch(colourOf(rgb));
    const [lightness, chroma, hue] = change(l, c, h);
    return bytesOf({ mode: 'lch65', l: Math.max(0, Math.min(100, lightness)), c: chroma, h: hue });
  };

/** The level of the grey that has the light of a colour. */
function greyOf(rgb: Rgb): number {
  const light = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = each(rgb, (value) => value).map((value) => light(value / 255));
  const y = 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
  return 255 * (y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055);
}

/** The hue and chroma of a colour at the lightness of each pixel, weaker towards black and white. */
const tinted = (colour: Rgb) => (rgb: Rgb) => {
  const grey = greyOf(rgb);
  const { l } = toLab(colourOf([grey, grey, grey]));
  const { a, b } = toLab(colourOf(colour));
  const weight = 1 - 4 * (l / 100 - 0.5) ** 2;
  return bytesOf({ mode: 'lab65', l, a: weight * a, b: weight * b });
};

const mixed = (dark: Rgb, light: Rgb) => (rgb: Rgb) => {
  const part = luma(rgb) / 255;
  return each(dark, (value, channel) => value + part * ((light[channel] ?? 0) - value));
};

const brown: readonly Rgb[] = [
  [0.393, 0.769, 0.189],
  [0.349, 0.686, 0.168],
  [0.272, 0.534, 0.131],
];

/** What each pixel becomes, computed here, and how far ours may be from it. */
const rows: readonly (readonly [query: string, change: (rgb: Rgb) => Rgb, tolerance: number])[] = [
  ['contrast=2', (rgb) => each(rgb, (value) => 127.5 + 2 * (value - 127.5)), 1.01],
  ['contrast=0.5', (rgb) => each(rgb, (value) => 127.5 + 0.5 * (value - 127.5)), 1.01],
  ['contrast=0', (rgb) => each(rgb, () => 127.5), 1.01],
  ['negate=true', (rgb) => each(rgb, (value) => 255 - value), 1],
  ['brightness=1.4', inLch((l, c, h) => [1.4 * l, c, h]), 3],
  ['saturation=0.5', inLch((l, c, h) => [l, 0.5 * c, h]), 3],
  ['saturation=0', inLch((l) => [l, 0, 0]), 3],
  ['hue=90', inLch((l, c, h) => [l, c, h + 90]), 3],
  ['hue=-60', inLch((l, c, h) => [l, c, h - 60]), 3],
  ['lightness=-20', inLch((l, c, h) => [l - 20, c, h]), 3],
  ['brightness=1.2&saturation=0.4&hue=30&lightness=5', inLch((l, c, h) => [1.2 * l + 5, 0.4 * c, h + 30]), 3],
  [
    'sepia=true',
    (rgb) =>
      each(rgb, (_, to) => (brown[to] ?? rgb).reduce((sum, one, from) => sum + one * (rgb[from] ?? 0), 0)),
    1.01,
  ],
  ['tint=%230a6', tinted([0, 0xaa, 0x66]), 4],
  ['tint=red', tinted([255, 0, 0]), 4],
  ['duotone=1e3264,f9cf9c', mixed([0x1e, 0x32, 0x64], [0xf9, 0xcf, 0x9c]), 1.01],
  ['duotone=white,rgb(0,0,0)', mixed([255, 255, 255], [0, 0, 0]), 1.01],
  ['threshold=100', (rgb) => each(rgb, () => (luma(rgb) >= 99.5 ? 255 : 0)), 0],
  ['gamma=2', (rgb) => each(rgb, (value) => 255 * (value / 255) ** 0.5), 1.01],
  ['greyscale=true', (rgb) => each(rgb, () => greyOf(rgb)), 2],
];

const changeOf = (query: string) => rows.find(([name]) => name === query)?.[1];

/** What two effects make of a colour one after the other, in the order of effects. */
const pairs = ['sepia=true', 'duotone=1e3264,f9cf9c', 'threshold=100'].flatMap((one) =>
  ['negate=true', 'gamma=2'].map((other): (typeof rows)[number] => {
    const change = (rgb: Rgb): Rgb =>
      [one, other].reduce((made, query) => changeOf(query)?.(made) ?? made, rgb);
    return [`${one}&${other}`, change, 5];
  }),
);

/** Muted colours, so that no change of them leaves sRGB where clipping is a matter of taste. */
const colours: readonly Rgb[] = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => [
  90 + 30 * (index & 1) + 4 * index,
  95 + 25 * ((index >> 1) & 1),
  100 + 20 * (index >> 2),
]);
const greys: readonly Rgb[] = [40, 90, 99, 101, 128, 160, 200, 250].map((level) => [level, level, level]);
const stripOf = (all: readonly Rgb[]) =>
  drawn(8 * all.length, 12, (x) => all[Math.floor(x / 8)] ?? [0, 0, 0]);

type Make = (strip: Raw) => Promise<Buffer>;
const kinds: readonly (readonly [name: string, strip: readonly Rgb[], make: Make])[] = [
  ['colour', colours, (strip) => open(strip).png().toBuffer()],
  ['colour with opacity', colours, (strip) => open(strip).ensureAlpha(0.5).png().toBuffer()],
  ['sixteen bits', colours, (strip) => open(strip).toColourspace('rgb16').png().toBuffer()],
  ['a palette', colours, (strip) => open(strip).png({ palette: true, colours: 16, dither: 0 }).toBuffer()],
  ['grey', greys, (strip) => open(strip).toColourspace('b-w').png().toBuffer()],
  ['grey of sixteen bits', greys, (strip) => open(strip).toColourspace('grey16').png().toBuffer()],
  ['grey with opacity', greys, (strip) => open(strip).ensureAlpha(0.5).toColourspace('b-w').png().toBuffer()],
];
const cases = kinds.flatMap(([kind, strip, make]) =>
  ['', '&depth=keep', '&width=32'].map((more) => [kind, more, strip, make] as const),
);

test.each(cases)(
  'on %s%s, every effect on colours gives what is computed',
  async (kind, more, strip, make) => {
    const input = await make(stripOf(strip));
    const wrong: string[] = [];
    for (const [query, change, tolerance] of [...rows, ...pairs]) {
      const { data } = await run(input, `thumbnail scale=1&type=png&${query}${more}`);
      const shown = await sharp(data)
        .toColourspace('srgb')
        .ensureAlpha()
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
      const raw: Raw = { data: shown.data, width: shown.info.width, height: shown.info.height, channels: 4 };
      const step = raw.width / strip.length;
      for (const [index, colour] of strip.entries()) {
        const [r = 0, g = 0, b = 0, alpha] = pixelAt(raw, Math.floor(step * (index + 0.5)), 3);
        const wanted = change(colour);
        const off = Math.max(...[r, g, b].map((value, channel) => Math.abs(value - (wanted[channel] ?? 0))));
        const isOpaque = !kind.includes('opacity');
        if (
          off > tolerance + (more === '&width=32' ? 6 : 0) ||
          (alpha !== (isOpaque ? 255 : 128) && alpha !== 127)
        )
          wrong.push(`${query}: ${colour} became ${[r, g, b, alpha]}, computed ${wanted.map(Math.round)}`);
      }
    }
    expect(wrong).toEqual([]);
  },
);
