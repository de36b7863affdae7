import { findEntry, numberOf } from '../../metadata/tiff_directory.ts';
import { sharp } from '../../native/sharp.ts';
import { checkPixels } from '../rewrites/rewrite.ts';
import { openPage, tag } from './page.ts';
import { plainTiff } from './plain.ts';
import { callZeroBlack, setNumber } from './planes.ts';

/**
 * Reads integers that no library here knows. A row of samples of n bytes is also a row of n times as many samples of
 * one byte; the highest byte of each is kept.
 */
export async function readBytes(input: Buffer, number: number, maxPixels: number) {
  const page = openPage(input, number);
  const find = (wanted: number) => page && findEntry(page.tiff, page.directory, wanted);
  const bits = find(tag.bits);
  if (page === undefined || bits === undefined) return { bytes: input };
  const each = (numberOf(page.tiff, bits) ?? 8) / 8;
  const patched = Buffer.from(input);
  for (const wanted of [tag.width, tag.tileWidth]) {
    const entry = find(wanted);
    const value = entry && numberOf(page.tiff, entry);
    if (entry && value !== undefined) setNumber(page, patched, entry, ['long', value * each]);
  }
  setNumber(page, patched, bits, ['short', 8]);
  const kind = find(tag.photometric);
  const photometric = (kind && numberOf(page.tiff, kind)) ?? 1;
  callZeroBlack(page, patched);
  const image = sharp(patched, { page: number, ignoreIcc: true, limitInputPixels: false });
  const { width, height, orientation = 1, pages = 1, channels } = await image.metadata();
  checkPixels(width / each, height, maxPixels);
  const colours = channels === 1 ? image.toColourspace('b-w') : image;
  const stored = await colours.raw({ depth: 'uchar' }).toBuffer();
  const highest = page.tiff.isLittle ? each - 1 : 0;
  const body = Buffer.alloc(stored.length / each);
  for (let at = 0; at < body.length; at += 1) body[at] = stored[at * each + highest] ?? 0;
  const picture = { width: width / each, height, bits: 8, channels, photometric, orientation } as const;
  return { bytes: plainTiff(body, picture), pages };
}
