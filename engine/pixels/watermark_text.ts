import { Problem } from '../../common/problem.ts';
import type { TextOverlay } from '../effects/overlays.ts';
import { sharp } from '../native/sharp.ts';
import type { Size } from '../transform/geometry.ts';
import type { Layer } from './layer.ts';
import type { Canvas } from './render.ts';

/** The coverage of each pixel by letters, 0 to 255. */
interface Mask extends Size {
  readonly data: Buffer;
}

/** Pango markup that cannot make letters larger than the font; any other text is drawn literally. */
const markup = /^(?:[^<>&]|&(?:amp|lt|gt|quot|apos|#\d{1,6});|<\/?(?:b|i|s|u|tt|sub|sup|small)>)*$/;
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const literal = (text: string): string => text.replace(/[&<>]/g, (sign) => escapes[sign] ?? sign);

async function drawMask(text: string, { font, dpi, wrap }: TextOverlay): Promise<Mask> {
  const { data, info } = await sharp({ text: { text, font, dpi, width: wrap } })
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Draws the letters of a text. @throws Problem `invalid_param`. */
async function drawLetters(overlay: TextOverlay): Promise<Mask> {
  const { text } = overlay;
  if (markup.test(text)) {
    try {
      return await drawMask(text, overlay);
    } catch {
      // The tags are not balanced: the text is drawn literally below.
    }
  }
  try {
    return await drawMask(literal(text), overlay);
  } catch (cause) {
    throw new Problem('invalid_param', `text: ${JSON.stringify(text)} cannot be drawn`, { cause });
  }
}

interface Tile extends Size {
  /** The position of the text, and the distance to the next one. */
  readonly start: { readonly left: number; readonly top: number };
  readonly pitch: Size;
}

/** Colours the mask on a transparent tile; text that leaves the pitch on one side comes in on the other. */
function tileOf(mask: Mask, { width, height, start, pitch }: Tile, overlay: TextOverlay): Layer {
  const { r, g, b, alpha } = overlay.colour;
  const input = Buffer.alloc(width * height * 4);
  for (let y = 0; y < mask.height; y += 1) {
    const row = (start.top + y) % pitch.height;
    for (let x = 0; x < mask.width && row < height; x += 1) {
      const cover = mask.data[y * mask.width + x] ?? 0;
      const column = (start.left + x) % pitch.width;
      if (cover === 0 || column >= width) continue;
      input.set([r, g, b, Math.round(cover * overlay.opacity * alpha)], (row * width + column) * 4);
    }
  }
  return { input, raw: { width, height, channels: 4 }, left: 0, top: 0 };
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));

/** Distance of a text at a compass point from the edge. */
const inset = 10;

/** The position of the text, or of the first of many: inside the picture, if the text is small enough. */
function placeText({ at }: TextOverlay, mask: Size, canvas: Canvas): { left: number; top: number } {
  const room = { width: canvas.width - mask.width, height: canvas.height - mask.height };
  if (typeof at !== 'string') {
    return { left: clamp(at.left, room.width), top: clamp(at.top, room.height) };
  }
  const along = (free: number, start: boolean, end: boolean): number => {
    if (start) return clamp(inset, free);
    return clamp(end ? free - inset : Math.floor(free / 2), free);
  };
  return {
    left: along(room.width, at.endsWith('west'), at.endsWith('east')),
    top: along(room.height, at.startsWith('north'), at.startsWith('south')),
  };
}

const smaller = (a: Size, b: Size): Size => ({
  width: Math.min(a.width, b.width),
  height: Math.min(a.height, b.height),
});

/** Draws text as a layer: once, or as a tile of the text and the margin between texts. */
export async function drawText(overlay: TextOverlay, canvas: Canvas): Promise<Layer> {
  const mask = await drawLetters(overlay);
  const { left, top } = placeText(overlay, mask, canvas);
  if (!overlay.tiled) {
    const start = { left: 0, top: 0 };
    return { ...tileOf(mask, { ...smaller(mask, canvas), start, pitch: mask }, overlay), left, top };
  }
  const pitch = { width: mask.width + overlay.margin, height: mask.height + overlay.margin };
  const start = { left: left % pitch.width, top: top % pitch.height };
  // sharp repeats a tile only if it is no larger than the picture.
  return { ...tileOf(mask, { ...smaller(pitch, canvas), start, pitch }, overlay), tile: true };
}
