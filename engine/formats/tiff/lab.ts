import { findEntry } from '../../metadata/tiff_directory.ts';
import { sharp } from '../../native/sharp.ts';
import { checkPixels } from '../rewrites/rewrite.ts';
import { openPage, tag } from './page.ts';
import { plainTiff } from './plain.ts';

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

/** Rewrites CIELab of eight bits, which libvips refuses, with sixteen bits, which it reads. */
export async function widenLab(input: Buffer, page: number, maxPixels: number) {
  const { data, channels, pages, ...size } = await readStoredSamples(input, page, maxPixels);
  const picture = { ...size, bits: 16, channels: 3, photometric: cieLab } as const;
  return { bytes: plainTiff(widen(data, channels), picture), pages };
}
