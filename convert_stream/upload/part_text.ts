import { isUtf8 } from 'node:buffer';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range.
const ascii = /^[\x00-\x7f]*$/;
const latin1 = new TextDecoder('windows-1252');

/**
 * Decodes text of a form that was read as one character for each byte: as UTF-8, which browsers send, else as Latin-1 in
 * the browsers' sense (windows-1252). Text with larger characters is decoded already, by the charset of its part.
 */
export function decodePartText(text: string): string {
  if (ascii.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.toString('latin1') !== text) return text;
  return isUtf8(bytes) ? bytes.toString('utf8') : latin1.decode(bytes);
}
