import { isUtf8 } from 'node:buffer';
import { openExif } from './exif.ts';
import { bytesOf, directoryAt, entriesOf } from './tiff_directory.ts';
import { textRow, writeExif } from './tiff_write.ts';

/** Tags of the author and of the owner (TIFF 6.0, section 8). */
const artist = 315;
const copyright = 33_432;
const asciiType = 2;
const maxLength = 4096;

/** Programs write UTF-8 where the specification says ASCII; old ones write Latin-1. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  return text.replaceAll('\0', ' ').trim().slice(0, maxLength);
}

/**
 * A new block of EXIF with only the Artist and the Copyright of another block.
 * @returns undefined where both are missing.
 */
export function creditsOf(exif: Buffer): Buffer | undefined {
  const tiff = openExif(exif);
  const directory = tiff && directoryAt(tiff, tiff.first);
  if (tiff === undefined || directory === undefined) return undefined;
  const rows = [...entriesOf(tiff, directory)]
    .filter(({ tag, type }) => [artist, copyright].includes(tag) && type === asciiType)
    .map((entry) => [entry.tag, textOf(bytesOf(tiff, entry))] as const)
    .filter(([, text]) => text !== '')
    .map(([tag, text]) => textRow(tag, text));
  return rows.length > 0 ? writeExif({ first: rows, exif: [], gps: [] }) : undefined;
}
