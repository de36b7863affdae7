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
const byInputExtension = new Map(
  formats.flatMap((format) => (format.inputExtensions ?? []).map((word) => [word, format])),
);

/** Every name and extension of a format. */
export const formatWords: readonly string[] = [...byWord.keys()];

/** The format with this name or extension, in any letter case. */
export const formatNamed = (word: string): Format | undefined => byWord.get(word.toLowerCase());

/** The format of input files with this extension, in any letter case. */
export const inputFormat = (extension: string): Format | undefined =>
  formatNamed(extension) ?? byInputExtension.get(extension.toLowerCase());

/** The word of metrics for a format: `jpg` and `jpeg` are one. Other words stay as they are. */
export const fileType = (word: string): string => formatNamed(word)?.extensions[0] ?? word;

/** @throws Problem `unsupported_output` if there is no such format, or if it cannot be written. */
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

/** The bytes of a file in which its format must show. */
const headBytes = 65_536;

/** Describes bytes of no known format: text, or their first bytes. */
function describe(head: Buffer): string {
  const start = head.subarray(0, 64);
  if (start.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0d].includes(byte))) return 'text';
  return `bytes that begin ${start.toString('hex', 0, 4)}`;
}

/** The format of these bytes; the name of the file does not matter. @throws Problem `unsupported_input`. */
export function sniff(input: Buffer): Format {
  const head = input.subarray(0, headBytes);
  const format = formats.find((one) => one.sniff(head));
  if (!format?.reads)
    throw new Problem('unsupported_input', `image: expected a picture, got ${describe(head)}`, {
      reason: 'no_picture',
    });
  return format;
}

/**
 * The name of a file or object without the extension of a picture. Folders are kept, and so are other endings, which
 * are part of a date, a version or a dotted name.
 */
export function stemOf(name: string): string {
  const [extension = '', word = ''] = /(?<=[^/])\.([^./]+)$/.exec(name) ?? [];
  return inputFormat(word) ? name.slice(0, -extension.length) : name;
}

/** Whether converting this input works on pixels or draws a document (SVG, PDF). */
export function workKindOf(input: Buffer): WorkKind {
  const head = input.subarray(0, headBytes);
  return formats.find((one) => one.sniff(head))?.document ? 'document' : 'pixels';
}

/** The name of an output object. Its extension is the format word of the request, in lower case. */
export const fileName = (name: string, word: string): string => `${name}.${word.toLowerCase()}`;
