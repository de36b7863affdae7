import type { FieldTable, ValuesOf } from '../common/fields/field.ts';
import { effectFields } from './effects/index.ts';
import { kernels } from './transform/geometry.ts';

/** The value of `quality=auto`; no request can write this number. */
export const autoQuality = -1;

/** The value of `trim=true`. */
const defaultTrim = 10;

/** Every parameter of every operation. Operations list the names of those that they take. */
export const params = {
  width: { kind: 'int', unit: 'pixels', doc: 'Width of the output; 0 counts as absent.', example: '300' },
  height: { kind: 'int', unit: 'pixels', doc: 'Height of the output; 0 counts as absent.', example: '200' },
  scale: {
    kind: 'float',
    doc: 'Multiplies both sides; used where neither width nor height is given.',
    example: '0.5',
  },
  aspectratio: {
    kind: 'string',
    doc: 'W:H that gives the missing side when only one is set.',
    example: '16:9',
  },
  top: { kind: 'int', unit: 'pixels', doc: 'Upper edge of the area or of the watermark.', example: '10' },
  left: { kind: 'int', unit: 'pixels', doc: 'Left edge of the area or of the watermark.', example: '10' },
  areawidth: { kind: 'int', unit: 'pixels', doc: 'Width of the area to keep.', example: '200' },
  areaheight: { kind: 'int', unit: 'pixels', doc: 'Height of the area to keep.', example: '150' },
  rotate: {
    kind: 'int',
    unit: 'degrees clockwise',
    min: 0,
    max: 270,
    outside: 'allowed',
    doc: 'Rotates the stored picture by a multiple of 90 (rounded down), at most 270. A value other than 0 switches EXIF orientation off.',
    example: '90',
  },
  flip: { kind: 'bool', doc: 'Mirrors left and right.' },
  flop: { kind: 'bool', doc: 'Mirrors top and bottom.' },
  norotation: {
    kind: 'bool',
    doc: 'Does not apply the EXIF orientation. The output keeps its tag where metadata is kept and the format has a place for it.',
  },
  factor: { kind: 'int', doc: 'Zoom: both sides grow by factor + 1.', example: '2' },
  force: { kind: 'bool', doc: 'Stretches to exactly width x height.' },
  embed: { kind: 'bool', doc: 'Pads to width x height.' },
  nocrop: { kind: 'bool', doc: 'Switches cropping off, or on with false.' },
  fit: {
    kind: 'enum',
    values: ['cover', 'contain', 'fill', 'inside', 'outside'],
    doc: 'How the picture comes into width x height, whatever the operation does by itself: cover crops, contain pads, fill stretches, inside and outside keep the shape. All of them scale up too.',
    example: 'cover',
  },
  gravity: {
    kind: 'enum',
    values: ['centre', 'north', 'south', 'east', 'west', 'smart'],
    otherwise: 'centre',
    doc: 'The part that a crop keeps; smart finds the most interesting one.',
    example: 'north',
  },
  extend: {
    kind: 'enum',
    values: ['black', 'white', 'copy', 'mirror', 'background', 'lastpixel'],
    otherwise: 'mirror',
    doc: 'Filling of padding: copy repeats the edge (the default); lastpixel is the same as background.',
    example: 'white',
  },
  focus: {
    kind: 'numbers',
    count: [2, 2],
    min: 0,
    max: 1,
    doc: 'The point that a crop keeps in its middle, as far as it can: x:y as parts of the width and the height. It wins over gravity.',
    example: '0.7:0.4',
  },
  minwidth: {
    kind: 'int',
    unit: 'pixels',
    doc: 'Enlarges in proportion until the picture is at least this wide, before any cropping.',
    example: '300',
  },
  minheight: {
    kind: 'int',
    unit: 'pixels',
    doc: 'Enlarges in proportion until the picture is at least this high, before any cropping.',
    example: '200',
  },
  withoutenlargement: { kind: 'bool', doc: 'Never scales the picture up.' },
  kernel: {
    kind: 'enum',
    values: kernels,
    doc: 'How pixels are mixed when the picture is scaled; lanczos3 is the default.',
    example: 'nearest',
  },
  trim: {
    kind: 'float',
    min: 0,
    max: 255,
    neutral: 0,
    names: { true: defaultTrim, false: 0 },
    doc: 'Cuts off edges that look like the top left pixel, before anything else: the largest difference of a channel that still counts as the same; true means 10. An animation loses what is empty in all of its frames.',
    example: '10',
  },
  dpr: {
    kind: 'float',
    min: 0.1,
    max: 8,
    neutral: 1,
    doc: 'Density of the screen: multiplies every number in pixels of the request, as sizes, areas, padding, radii and blurs, and the size of watermark text.',
    example: '2',
  },
  ...effectFields,
  text: { kind: 'string', doc: 'Text of the watermark.', example: 'hello' },
  font: {
    kind: 'string',
    doc: 'Font of the watermark text, as a Pango font description.',
    example: 'sans bold 12',
  },
  color: {
    kind: 'colour',
    otherwise: 'black',
    doc: 'Colour of the watermark text; black if it is not a colour.',
    example: '255,200,50',
  },
  opacity: {
    kind: 'float',
    min: 0,
    max: 1,
    outside: 'allowed',
    doc: 'Opacity of the watermark (0 is the default: text 0.25, picture 1).',
    example: '0.5',
  },
  dpi: {
    kind: 'int',
    unit: 'dots per inch',
    doc: 'Resolution of watermark text (default 150) and of a PDF page (default 72).',
    example: '150',
  },
  textwidth: { kind: 'int', unit: 'pixels', doc: 'Width at which watermark text wraps.', example: '200' },
  margin: { kind: 'int', unit: 'pixels', doc: 'Space between repeated watermark texts.', example: '50' },
  noreplicate: { kind: 'bool', doc: 'Draws the watermark text once.' },
  position: {
    kind: 'enum',
    values: ['centre', 'north', 'northeast', 'east', 'southeast', 'south', 'southwest', 'west', 'northwest'],
    otherwise: 'centre',
    doc: 'Draws the watermark text once, there.',
    example: 'southeast',
  },
  image: { kind: 'string', doc: 'URL of the watermark picture.', example: 'https://example.org/logo.png' },
  type: {
    kind: 'string',
    doc: 'Output format; auto picks by what the client accepts (and, where AUTO_TYPE is content, by the picture). Default: as the input.',
    example: 'webp',
  },
  quality: {
    kind: 'int',
    names: { auto: autoQuality },
    min: 1,
    max: 100,
    outside: 'allowed',
    doc: 'Quality of lossy output; 0 and above 100 mean the default; auto searches for it by similarity.',
    example: '80',
  },
  similarity: {
    kind: 'float',
    min: 0,
    max: 1,
    outside: 'allowed',
    doc: 'Structural similarity that quality=auto aims at; default 0.97, at a quality of at least 30.',
    example: '0.98',
  },
  maxbytes: {
    kind: 'int',
    unit: 'bytes',
    doc: 'Largest output: the quality is lowered until it fits; fails where no quality is low enough.',
    example: '50000',
  },
  compression: {
    kind: 'int',
    min: 1,
    max: 9,
    outside: 'allowed',
    doc: 'Effort of PNG compression; 0 and above 9 mean 6.',
    example: '9',
  },
  palette: { kind: 'bool', doc: 'PNG with at most 256 colours.' },
  speed: {
    kind: 'int',
    doc: 'PNG with a palette: 10 is fastest. Accepted for compatibility, without effect.',
    example: '5',
  },
  interlace: { kind: 'bool', doc: 'Progressive JPEG, interlaced PNG.' },
  lossless: { kind: 'bool', doc: 'Lossless WebP, AVIF.' },
  effort: {
    kind: 'int',
    min: 0,
    max: 10,
    outside: 'allowed',
    doc: 'CPU effort of WebP (0 to 6), AVIF (0 to 9) and GIF (1 to 10).',
    example: '3',
  },
  svg: {
    kind: 'enum',
    values: ['auto', 'wrap', 'trace', 'logo', 'lineart', 'photo'],
    otherwise: 'auto',
    doc: 'SVG output: wrap embeds the picture, trace (or logo, lineart, photo) draws it as shapes, auto traces flat artwork.',
    example: 'trace',
  },
  stripmeta: {
    kind: 'bool',
    doc: 'Drops EXIF, XMP, IPTC and the colour profile (colours are converted to sRGB). Kept metadata has its orientation and size corrected; a thumbnail of the input is never kept.',
  },
  keepcopyright: {
    kind: 'bool',
    doc: 'With stripmeta: keeps the Artist and Copyright of EXIF, and nothing else.',
  },
  depth: {
    kind: 'enum',
    values: ['8', 'keep'],
    otherwise: '8',
    doc: 'Bits a sample: keep writes sixteen where the input has them and the output (PNG, TIFF) can hold them; grey, sepia, duotone and threshold leave eight.',
    example: 'keep',
  },
  noprofile: { kind: 'bool', doc: 'Drops the colour profile (colours are converted to sRGB).' },
  page: {
    kind: 'int',
    doc: 'First page or frame to read, from 0; one that is not there is refused.',
    example: '0',
  },
  pages: { kind: 'int', doc: 'How many frames to read; 0 means all that are allowed.', example: '10' },
} as const satisfies FieldTable;

export type ParamName = keyof typeof params;
export type Params = ValuesOf<typeof params>;
