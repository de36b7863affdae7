import { isUtf8 } from 'node:buffer';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range.
const ascii = /^[\x00-\x7f]*$/;
const latin1 = new TextDecoder('windows-1252');

/**
 * Text of a form whose bytes were read as one character each: UTF-8 as browsers send it, else Latin-1 as browsers
 * read it (windows-1252). Text with larger characters has been decoded by a charset that its part named.
 */
export function partText(text: string): string {
  if (ascii.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.toString('latin1') !== text) return text;
  return isUtf8(bytes) ? bytes.toString('utf8') : latin1.decode(bytes);
}
