/** `lenient`: numbers as Imaginary reads a query (-100 and 99.9 are 100). `exact`: settings, read literally. */
export type Dialect = 'lenient' | 'exact';

type Read = { readonly value: number } | { readonly reason: string };

/** A decimal that Go's strconv.ParseFloat accepts, without NaN, infinities and hexadecimal: none of them is a size. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const exactInt = /^-?\d{1,15}$/;

const exact = (text: string, kind: 'int' | 'float'): Read => {
  const pattern = kind === 'int' ? exactInt : decimal;
  return pattern.test(text.trim()) ? { value: Number(text) } : { reason: 'invalid syntax' };
};

/**
 * Parses a number. Lenient (Imaginary's queries): empty text is 0, the sign is dropped and integers are rounded half
 * up, so 99.9 and -100 are 100. Exact (settings): read literally; an integer must be written as one.
 */
export function parseNumber(text: string, kind: 'int' | 'float', dialect: Dialect): Read {
  if (dialect === 'exact') return exact(text, kind);
  if (text === '') return { value: 0 };
  const go = (why: string): Read => ({
    reason:
      kind === 'int' ? `strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${why}` : 'unsupported value',
  });
  if (!decimal.test(text)) return go('invalid syntax');
  const size = Math.abs(Number(text));
  if (!Number.isFinite(size)) return go('value out of range');
  return { value: kind === 'int' ? Math.floor(size + 0.5) : size };
}

const trueWords = new Set(['1', 't', 'T', 'true', 'True', 'TRUE']);
const falseWords = new Set(['0', 'f', 'F', 'false', 'False', 'FALSE']);

/** Parses a boolean in Go's spellings. Empty text is false in the lenient dialect. Undefined for any other text. */
export function parseBool(text: string, dialect: Dialect): boolean | undefined {
  if (trueWords.has(text)) return true;
  if (falseWords.has(text) || (text === '' && dialect === 'lenient')) return false;
  return undefined;
}
