import { bytesOf, directoryAt, findEntry, openTiff } from '../../metadata/tiff_directory.ts';
import { has } from './bytes.ts';

const tag = { make: 271, subIfds: 330, dngVersion: 50706 };
/** Makers whose raw files are TIFFs with the sensor data in a sub-directory. */
const makers = /^(NIKON|SONY|PENTAX|SAMSUNG)/i;

/** Whether this is a raw file of a camera, by its magic number or by the tags of a TIFF. */
export function isRaw(head: Buffer): boolean {
  if (['IIRO', 'IIRS', 'MMOR', 'FUJIFILMCCD-RAW', 'IIU\0'].some((magic) => has(head, magic))) return true;
  if (has(head, 'II*\0') && has(head, 'CR\x02', 8)) return true;
  const tiff = openTiff(head);
  const directory = tiff && directoryAt(tiff, tiff.first);
  if (tiff === undefined || directory === undefined) return false;
  if (findEntry(tiff, directory, tag.dngVersion)) return true;
  const make = findEntry(tiff, directory, tag.make);
  if (make === undefined || findEntry(tiff, directory, tag.subIfds) === undefined) return false;
  return makers.test(bytesOf(tiff, make).toString('latin1', 0, 8));
}
