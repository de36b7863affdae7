import { Problem } from '../../common/problem.ts';
import type { TextOverlay } from '../effects/overlays.ts';
import type { Params } from '../params.ts';
import { defaultTextDpi } from '../transform/density.ts';
import { sizeAfter } from '../transform/transform.ts';
import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

/** Imaginary's position of the first text, on both axes. */
const origin = 100;
const black = { r: 0, g: 0, b: 0, alpha: 1 };
/** The most pixels that letters may cover, so that a watermark cannot take all memory. */
const maxInk = 50e6;

/** The largest of any number of values; `Math.max(...all)` fails for very many. */
const largest = (all: readonly number[]): number => all.reduce((most, one) => Math.max(most, one), 0);

/** The size of a Pango font in points: the largest number in its name; default 12. */
const fontPoints = (font: string): number => largest((font.match(/\d+(\.\d+)?/g) ?? ['12']).map(Number));

/** The drawn text is no wider than its longest word or the wrap, and has no more lines than words. */
function checkInk({ text, font, dpi, wrap }: TextOverlay): void {
  const letter = (fontPoints(font) * dpi) / 72;
  const words = text.split(/\s/).map((word) => word.length);
  const width = Math.min(text.length * letter, Math.max(wrap, largest(words) * letter));
  if (Math.max(width * words.length * letter, text.length * letter ** 2) <= maxInk) return;
  throw new Problem(
    'invalid_param',
    `text: expected letters that cover at most ${maxInk / 1e6} megapixels, got ${text.length} letters of ${Math.round(letter)} pixels`,
  );
}

/** The overlay of the text for a picture of this width. */
function overlayOf(params: Params, width: number): TextOverlay {
  const wrap = params.textwidth || Math.max(1, Math.floor(width / 6));
  const { top, left, position } = params;
  return {
    kind: 'text',
    text: params.text ?? '',
    font: params.font || 'sans 10',
    dpi: params.dpi || defaultTextDpi,
    wrap,
    margin: params.margin || wrap,
    opacity: Math.min(params.opacity || 0.25, 1),
    colour: params.color ?? black,
    tiled: !(params.noreplicate || position),
    at: position ?? { left: left || origin, top: top || origin },
  };
}

export const watermark: Operation = {
  name: 'watermark',
  summary: 'Writes text over the picture: repeated, or once with noreplicate or a position.',
  fields: [
    ...commonFields,
    'text',
    'font',
    'color',
    'opacity',
    'textwidth',
    'margin',
    'noreplicate',
    'position',
    'top',
    'left',
  ],
  examples: [
    { query: 'text=Sample&color=white&opacity=0.7', doc: 'All over.' },
    { query: 'text=imagetx&color=white&opacity=1&position=southeast', doc: 'Once, in the corner.' },
    {
      query: 'text=DRAFT&color=gold&opacity=1&font=sans+bold+30&noreplicate=true&top=20&left=20',
      doc: 'Once, at 20,20, large.',
    },
  ],
  transform: (params, image) => {
    requires(params.text?.trim(), 'Missing required param: text');
    const arranged = arrange(params, image);
    const overlay = overlayOf(params, sizeAfter(image, arranged).width);
    checkInk(overlay);
    return { ...arranged, overlays: [overlay] };
  },
};
