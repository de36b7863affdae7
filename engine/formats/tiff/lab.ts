import { findEntry } from '../../metadata/tiff_directory.ts';
import { sharp } from '../../native/sharp.ts';
import { checkPixels } from '../rewrites/rewrite.ts';
import { openPage, tag } from './decoder.ts';

const rgb = 2;
const cieLab = 8;

/** The stored samples of a page. libvips returns them unchanged if the file calls them RGB. */
async function readStoredSamples(input: Buffer, page: number, maxPixels: number) {
  const opened = openPage(input, page);
  const entry = opened && findEntry(opened.tiff, opened.directory, tag.photometric);
  const patched = Buffer.from(input);
  if (entry && opened.tiff.isLittle) patched.writeUInt16LE(rgb, entry.fieldAt);
  else if (entry) patched.writeUInt16BE(rgb, entry.fieldAt);
  const image = sharp(patched, { page, ignoreIcc: true, limitInputPixels: false });
  const { width, height, orientation = 1, pages = 1 } = await image.metadata();
  checkPixels(width, height, maxPixels);
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width, height, channels: info.channels, orientation, pages };
}

/** Lightness fills sixteen bits; a and b are signed, and move up (TIFF 6.0, section 23). */
function widen(data: Buffer, channels: number): Buffer {
  const wide = Buffer.alloc((data.length / channels) * 6);
  let at = 0;
  for (let from = 0; from < data.length; from += channels) {
    const lightness = data[from] ?? 0;
    wide[at] = lightness;
    wide[at + 1] = lightness;
    wide[at + 3] = data[from + 1] ?? 0;
    wide[at + 5] = data[from + 2] ?? 0;
    at += 6;
  }
  return wide;
}

/** A little-endian TIFF of one strip, CIELab of sixteen bits a sample. */
function labTiff(
  body: Buffer,
  { width, height, orientation }: Record<'width' | 'height' | 'orientation', number>,
): Buffer {
  const [short, long] = [3, 4];
  const entries = 10;
  const bitsAt = 8 + 2 + entries * 12 + 4;
  const rows = [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, 3, bitsAt],
    [259, short, 1, 1],
    [262, short, 1, cieLab],
    [273, long, 1, bitsAt + 6],
    [274, short, 1, orientation],
    [277, short, 1, 3],
    [278, long, 1, height],
    [279, long, 1, body.length],
  ] as const;
  const head = Buffer.alloc(bitsAt + 6);
  head.write('II*\0', 0, 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries, 8);
  for (const [index, [name, type, count, value]] of rows.entries()) {
    const at = 10 + index * 12;
    head.writeUInt16LE(name, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    head.writeUInt32LE(value, at + 8);
  }
  for (const index of [0, 1, 2]) head.writeUInt16LE(16, bitsAt + index * 2);
  return Buffer.concat([head, body]);
}

/** Rewrites CIELab of eight bits, which libvips refuses, with sixteen bits, which it reads. */
export async function widenLab(input: Buffer, page: number, maxPixels: number) {
  const { data, channels, pages, ...size } = await readStoredSamples(input, page, maxPixels);
  return { bytes: labTiff(widen(data, channels), size), pages };
}
