import parseCss from 'color';

/** Red, green, blue 0 to 255, alpha 0 to 1. */
export interface Colour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly alpha: number;
}

/** A channel as Imaginary reads it: an invalid or negative one is 0, one above 255 is 255. */
const channel = (text: string): number => {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  return Math.min(value, 255);
};

function fromParts(parts: readonly string[]): Colour | 'invalid' {
  const [r, g, b] = parts.map((part) => channel(part.trim()));
  if (r === undefined || g === undefined || b === undefined) return 'invalid';
  return { r, g, b, alpha: 1 };
}

/** Longer than any colour. The parser's time grows with the square of the length. */
const maxCharacters = 100;

function css(text: string): Colour | 'invalid' {
  if (text.length > maxCharacters) return 'invalid';
  try {
    const { r, g, b, alpha } = parseCss(text).rgb().object() as {
      r: number;
      g: number;
      b: number;
      alpha?: number;
    };
    return { r: Math.round(r), g: Math.round(g), b: Math.round(b), alpha: alpha ?? 1 };
  } catch {
    return 'invalid';
  }
}

/**
 * Parses `R,G,B` (further parts are ignored) or any CSS colour. Empty text is undefined.
 * Fewer than three numbers are invalid; Imaginary crashes on them.
 */
export function parseColour(text: string): Colour | undefined | 'invalid' {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (/^(#|[a-z]+\(|[a-z]+$)/i.test(trimmed)) return css(trimmed);
  return fromParts(trimmed.split(','));
}
