import { parseColour } from '../../../common/colour.ts';
import { Problem } from '../../../common/problem.ts';
import { rgbaPam } from './pam.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

const corrupt = (why: string): Problem => new Problem('corrupt_image', `Cannot decode image: XPM ${why}`);

/** The text in quotes, in order. */
function* stringsIn(text: string): Generator<string> {
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = text.indexOf('"', start + 1);
    if (end < 0) return;
    yield text.slice(start + 1, end);
    start = text.indexOf('"', end + 1);
  }
}

const black = 0xff000000;
const rgba = (red: number, green: number, blue: number): number =>
  (red | (green << 8) | (blue << 16) | black) >>> 0;

/** Names that mean another colour in X11 than in CSS. */
const x11: Readonly<Record<string, string>> = {
  gray: '#bebebe',
  grey: '#bebebe',
  green: '#00ff00',
  maroon: '#b03060',
  purple: '#a020f0',
  // Names that CSS does not have.
  lightgoldenrod: '#eedd82',
  lightslateblue: '#8470ff',
  mediumforestgreen: '#6b8e23',
  navyblue: '#000080',
  violetred: '#d02090',
};

/** How bright a colour is whose name ends in a number: `red3`. */
const shades = [1, 0.932, 0.804, 0.545] as const;

/** A colour as X11 writes it: `None`, hexadecimal of any depth, `gray50`, or a name; unknown names are black. */
function colourOf(word: string): number {
  if (/^none$/i.test(word)) return 0;
  const digits = /^#((?:[\da-f]{3}){1,4})$/i.exec(word)?.[1];
  if (digits !== undefined) {
    const size = digits.length / 3;
    const most = 16 ** size - 1;
    const part = (at: number): number =>
      Math.round((255 * Number.parseInt(digits.slice(at * size, (at + 1) * size), 16)) / most);
    return rgba(part(0), part(1), part(2));
  }
  const level = /^gr[ae]y(\d{1,3})$/i.exec(word)?.[1];
  if (level !== undefined) {
    const grey = Math.round(2.55 * Math.min(100, Number(level)));
    return rgba(grey, grey, grey);
  }
  const [, name = '', number] = /^(.*?)([1-4])?$/.exec(word.replaceAll(' ', '').toLowerCase()) ?? [];
  const shade = shades[Number(number ?? 1) - 1] ?? 1;
  const named = parseColour(Object.hasOwn(x11, name) ? (x11[name] ?? '') : name);
  return named === undefined || named === 'invalid'
    ? black
    : rgba(
        ...([named.r, named.g, named.b].map((value) => Math.round(value * shade)) as [
          number,
          number,
          number,
        ]),
      );
}

/** A line of the colour table behind its letters: `c` is the one for colour screens, `g` and `m` for others. */
function colourIn(line: string): number {
  const words = /(?:^|\s)(?:c|g4?|m)\s+(.+?)(?=\s+(?:c|g4?|m|s)\s|\s*$)/;
  const inColour = /(?:^|\s)c\s+(.+?)(?=\s+(?:g4?|m|s)\s|\s*$)/.exec(line) ?? words.exec(line);
  return colourOf(inColour?.[1] ?? 'black');
}

const maxColours = 65_536;
const maxLine = 200;

/** XPM is unpacked here, because ImageMagick holds 256 colours at most. */
export const rewriteXpm: Rewrite = (data, { maxPixels }) => {
  const strings = stringsIn(data.toString('latin1'));
  const next = (): string => {
    const { value, done } = strings.next();
    if (done) throw corrupt('ends before its last pixel');
    return value;
  };
  const [width = 0, height = 0, colours = 0, letters = 0] = next().trim().split(/\s+/).map(Number);
  const isSized = [width, height, colours, letters].every((one) => Number.isInteger(one) && one > 0);
  if (!isSized || colours > maxColours || letters > 8) throw corrupt('has no size');
  checkPixels(width, height, maxPixels);
  const palette = new Map<string, number>();
  for (let index = 0; index < colours; index += 1) {
    const line = next().slice(0, maxLine);
    palette.set(line.slice(0, letters), colourIn(line.slice(letters)));
  }
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = next();
    if (row.length < width * letters) throw corrupt('has a row that is too short');
    for (let x = 0; x < width; x += 1)
      pixels[y * width + x] = palette.get(row.slice(x * letters, (x + 1) * letters)) ?? black;
  }
  return { coder: 'PAM', data: rgbaPam(Buffer.from(pixels.buffer), width, height) };
};
