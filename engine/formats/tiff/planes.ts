import {
  bytesOf,
  findEntry,
  numberOf,
  type Tiff,
  type TiffDirectory,
  type TiffEntry,
} from '../../metadata/tiff_directory.ts';
import { sharp } from '../../native/sharp.ts';
import { checkPixels } from '../rewrites/rewrite.ts';
import { openPage, tag } from './decoder.ts';

/** Colours are multiplied by their opacity (TIFF 6.0, section 18). */
const associatedAlpha = 1;

interface Page {
  readonly tiff: Tiff;
  readonly directory: TiffDirectory;
}

/** Writes an unsigned number of `width` bytes in the byte order of the file. */
function writeUint(
  { isLittle }: Tiff,
  into: Buffer,
  [at, width]: readonly [number, number],
  value: number,
): void {
  const low = Math.min(width, 4);
  if (isLittle) into.writeUIntLE(value, at, low);
  else into.writeUIntBE(value, at + width - low, low);
}

/** Sets an entry to one number of sixteen bits. */
function setShort({ tiff }: Page, into: Buffer, entry: TiffEntry, value: number): void {
  const { offsetBytes } = tiff.layout;
  into.fill(0, entry.fieldAt - offsetBytes - 2, entry.fieldAt + offsetBytes);
  writeUint(tiff, into, [entry.fieldAt - offsetBytes - 2, 2], 3);
  writeUint(tiff, into, [entry.fieldAt - offsetBytes, offsetBytes], 1);
  writeUint(tiff, into, [entry.fieldAt, 2], value);
}

/** Reduces the values of an entry to those of one plane. */
function keepPart(
  { tiff }: Page,
  into: Buffer,
  entry: TiffEntry,
  [plane, planes]: readonly [number, number],
): void {
  const { offsetBytes } = tiff.layout;
  const all = bytesOf(tiff, entry);
  const length = all.length / planes;
  const part = all.subarray(plane * length, (plane + 1) * length);
  into.fill(0, entry.fieldAt - offsetBytes, entry.fieldAt + offsetBytes);
  writeUint(tiff, into, [entry.fieldAt - offsetBytes, offsetBytes], entry.count / planes);
  if (length <= offsetBytes) part.copy(into, entry.fieldAt);
  else writeUint(tiff, into, [entry.fieldAt, offsetBytes], part.byteOffset - tiff.bytes.byteOffset);
}

/** A copy of the file whose directory describes one of the planes as a grey picture. */
function extractPlane(page: Page, which: readonly [plane: number, planes: number], bits: number): Buffer {
  const patched = Buffer.from(page.tiff.bytes);
  const find = (wanted: number): TiffEntry | undefined => findEntry(page.tiff, page.directory, wanted);
  const shorts = [
    [tag.bits, bits],
    [tag.photometric, 1],
    [tag.samples, 1],
    [tag.planar, 1],
    [tag.format, 1],
  ] as const;
  for (const [wanted, value] of shorts) {
    const entry = find(wanted);
    if (entry) setShort(page, patched, entry, value);
  }
  const extra = find(tag.extraSamples);
  // A grey picture has no extra samples. The entry gets a tag that readers ignore.
  if (extra) writeUint(page.tiff, patched, [extra.fieldAt - page.tiff.layout.offsetBytes - 4, 2], 65_000);
  for (const wanted of [tag.tileOffsets, tag.tileLengths]) {
    const entry = find(wanted);
    if (entry) keepPart(page, patched, entry, which);
  }
  return patched;
}

/** Interleaves the samples of the planes. */
function interleave(planes: readonly Buffer[], bytes: number): Buffer {
  const whole = Buffer.alloc(planes.reduce((sum, { length }) => sum + length, 0));
  for (const [plane, samples] of planes.entries())
    for (let at = 0; at < samples.length; at += bytes)
      for (let byte = 0; byte < bytes; byte += 1)
        whole[at * planes.length + plane * bytes + byte] = samples[at + byte] ?? 0;
  return whole;
}

/** Reads planes in tiles, which libvips and ImageMagick both read wrong: each as a picture, which are then joined. */
export async function joinPlanes(input: Buffer, number: number, maxPixels: number) {
  const page = openPage(input, number);
  const bits = page && findEntry(page.tiff, page.directory, tag.bits);
  if (page === undefined || bits === undefined) return { bytes: input };
  const [planes, depth] = [bits.count, bytesOf(page.tiff, bits).includes(16) ? 16 : 8];
  const open = (plane: number) =>
    sharp(extractPlane(page, [plane, planes], depth), {
      page: number,
      ignoreIcc: true,
      limitInputPixels: false,
    });
  const { width, height, orientation = 1, pages = 1 } = await open(0).metadata();
  checkPixels(width, height, maxPixels);
  const samples: Buffer[] = [];
  for (let plane = 0; plane < planes; plane += 1) {
    const grey = open(plane).toColourspace(depth === 16 ? 'grey16' : 'b-w');
    samples.push(await grey.raw({ depth: depth === 16 ? 'ushort' : 'uchar' }).toBuffer());
  }
  const joined = interleave(samples, depth / 8);
  const extra = findEntry(page.tiff, page.directory, tag.extraSamples);
  const premultiplied = extra !== undefined && numberOf(page.tiff, extra) === associatedAlpha;
  const raw = { width, height, channels: planes as 2 | 3 | 4, premultiplied };
  const words = () => new Uint16Array(joined.buffer, joined.byteOffset, joined.length / 2);
  const image = sharp(depth === 16 ? words() : joined, { raw, limitInputPixels: false });
  const png = (depth === 16 ? image.toColourspace('rgb16') : image).withMetadata({ orientation });
  return { bytes: await png.png({ compressionLevel: 0 }).toBuffer(), pages };
}
