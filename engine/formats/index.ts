import type { WorkKind } from '../../common/gate.ts';
import { Problem } from '../../common/problem.ts';
import { apng } from './apng.ts';
import { avif } from './avif.ts';
import type { Format } from './format.ts';
import { gif } from './gif.ts';
import { jpeg } from './jpeg.ts';
import { magickFormats } from './magick.ts';
import { pdf } from './pdf.ts';
import { png } from './png.ts';
import { svg } from './svg.ts';
import { tiff } from './tiff.ts';
import { webp } from './webp.ts';

/** Every format; the order is that of sniffing. */
export const formats: readonly Format[] = [
  jpeg,
  // An animated PNG is a PNG too.
  apng,
  png,
  webp,
  gif,
  avif,
  svg,
  pdf,
  // Camera raw files are TIFFs too.
  ...magickFormats,
  tiff,
];

const byWord = new Map(
  formats.flatMap((format) => [format.name, ...format.extensions].map((word) => [word, format])),
);

/** Every name and extension of a format. */
export const formatWords: readonly string[] = [...byWord.keys()];

/** The format of a name or extension in any letter case, if there is one. */
export const formatNamed = (word: string): Format | undefined => byWord.get(word.toLowerCase());

/** The word of metrics for a format: `jpg` and `jpeg` are one. Other words stay as they are. */
export const fileType = (word: string): string => formatNamed(word)?.extensions[0] ?? word;

/** @throws Problem `unsupported_output` when there is no such format or it cannot be written. */
export function writableFormat(word: string): Format {
  const format = formatNamed(word);
  if (!format?.writes) {
    const known = formats.filter(({ writes }) => writes).map(({ name }) => name);
    throw new Problem(
      'unsupported_output',
      `format: expected one of ${known.join(', ')}, got ${JSON.stringify(word)}`,
    );
  }
  return format;
}

/** How far into a file its kind must show. */
const headBytes = 65_536;

/** What bytes are that no format knows: text, or how they begin. */
function whatIs(head: Buffer): string {
  const start = head.subarray(0, 64);
  if (start.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0d].includes(byte))) return 'text';
  return `bytes that begin ${start.toString('hex', 0, 4)}`;
}

/** The format of these bytes by what they are, whatever their name says. @throws Problem `unsupported_input`. */
export function sniff(input: Buffer): Format {
  const head = input.subarray(0, headBytes);
  const format = formats.find((one) => one.sniff(head));
  if (!format?.reads)
    throw new Problem('unsupported_input', `Unsupported media type: expected a picture, got ${whatIs(head)}`);
  return format;
}

/**
 * A file's or object's name without the extension of a picture; folders are kept. An ending that is no format's
 * stays: it is part of a date, a version or a dotted name.
 */
export function stemOf(name: string): string {
  const [extension = '', word = ''] = /(?<=[^/])\.([^./]+)$/.exec(name) ?? [];
  return formatNamed(word) ? name.slice(0, -extension.length) : name;
}

/** Whether a conversion works on pixels or draws a document (SVG, PDF), by what its input is. */
export function workKindOf(input: Buffer): WorkKind {
  const head = input.subarray(0, headBytes);
  return formats.find((one) => one.sniff(head))?.document ? 'document' : 'pixels';
}

/** The name of an output object: the format word as given, lower-cased, is its extension. */
export const fileName = (name: string, word: string): string => `${name}.${word.toLowerCase()}`;
