import {
  bytesOf,
  findEntry,
  numberOf,
  type Tiff,
  type TiffDirectory,
  type TiffEntry,
} from '../../metadata/tiff_directory.ts';
import { sharp } from '../../native/sharp.ts';
import type { Decoded } from '../format.ts';
import { checkPixels } from '../rewrites/rewrite.ts';
import { openPage, tag } from './page.ts';
import { colours } from './photometric.ts';
import { plainTiff } from './plain.ts';

/** A page of a file. */
export interface Page {
  readonly tiff: Tiff;
  readonly directory: TiffDirectory;
}

/** Reads a TIFF of one channel. */
export type ReadGrey = (file: Buffer) => Promise<Decoded>;

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

const types = { short: 3, long: 4 } as const;

/** Sets an entry to one number of sixteen or of 32 bits. */
export function setNumber(
  { tiff }: Page,
  into: Buffer,
  entry: TiffEntry,
  [type, value]: readonly [keyof typeof types, number],
): void {
  const { offsetBytes } = tiff.layout;
  into.fill(0, entry.fieldAt - offsetBytes - 2, entry.fieldAt + offsetBytes);
  writeUint(tiff, into, [entry.fieldAt - offsetBytes - 2, 2], types[type]);
  writeUint(tiff, into, [entry.fieldAt - offsetBytes, offsetBytes], 1);
  writeUint(tiff, into, [entry.fieldAt, type === 'short' ? 2 : 4], value);
}

/** Says in place that 0 is black, where it is white. */
export function callZeroBlack(page: Page, into: Buffer): void {
  const kind = findEntry(page.tiff, page.directory, tag.photometric);
  if (kind && numberOf(page.tiff, kind) === 0) setNumber(page, into, kind, ['short', 1]);
}

/** A copy of a file one page of which says that 0 is black. */
export function withZeroBlack(input: Buffer, number: number): Buffer {
  const page = openPage(input, number);
  const copy = Buffer.from(input);
  if (page) callZeroBlack(page, copy);
  return copy;
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
  const length = Math.floor(all.length / planes);
  const part = all.subarray(plane * length, (plane + 1) * length);
  into.fill(0, entry.fieldAt - offsetBytes, entry.fieldAt + offsetBytes);
  writeUint(tiff, into, [entry.fieldAt - offsetBytes, offsetBytes], Math.floor(entry.count / planes));
  if (length <= offsetBytes) part.copy(into, entry.fieldAt);
  else writeUint(tiff, into, [entry.fieldAt, offsetBytes], part.byteOffset - tiff.bytes.byteOffset);
}

const pieceTags = [tag.tileOffsets, tag.tileLengths, tag.stripOffsets, tag.stripLengths] as const;

/** A copy of the file whose directory describes one of the planes as a grey picture. */
function extractPlane(page: Page, which: readonly [plane: number, planes: number]): Buffer {
  const patched = Buffer.from(page.tiff.bytes);
  const find = (wanted: number): TiffEntry | undefined => findEntry(page.tiff, page.directory, wanted);
  for (const wanted of [tag.bits, tag.format]) {
    const entry = find(wanted);
    const value = entry && (numberOf(page.tiff, entry, which[0]) ?? numberOf(page.tiff, entry));
    if (entry && value !== undefined) setNumber(page, patched, entry, ['short', value]);
  }
  for (const wanted of [tag.photometric, tag.samples, tag.planar]) {
    const entry = find(wanted);
    if (entry) setNumber(page, patched, entry, ['short', 1]);
  }
  // A grey picture has neither extra samples nor a profile of colours. The entries get tags that readers ignore.
  for (const [index, wanted] of [tag.extraSamples, tag.profile].entries()) {
    const entry = find(wanted);
    if (entry)
      writeUint(page.tiff, patched, [entry.fieldAt - page.tiff.layout.offsetBytes - 4, 2], 65_000 + index);
  }
  for (const wanted of pieceTags) {
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

const unassociatedAlpha = 2;

/** Reads planes, which libvips and ImageMagick read wrong or not at all: each as a picture, which are then joined. */
export async function joinPlanes(
  input: Buffer,
  { page: number, maxPixels }: { readonly page: number; readonly maxPixels: number },
  readGrey: ReadGrey,
) {
  const page = openPage(input, number);
  const find = (wanted: number) => page && findEntry(page.tiff, page.directory, wanted);
  const [bits, photometric, extra, profile] = [tag.bits, tag.photometric, tag.extraSamples, tag.profile].map(
    find,
  );
  if (page === undefined || bits === undefined) return { bytes: input };
  const planes = bits.count;
  const depth = numberOf(page.tiff, bits) === 16 ? 16 : 8;
  const open = async (plane: number) => {
    const { bytes, pages } = await readGrey(extractPlane(page, [plane, planes]));
    const options = { ignoreIcc: true, limitInputPixels: false } as const;
    // ImageMagick hands over the wanted page alone.
    const image = sharp(bytes, { ...options, page: pages === undefined ? number : 0 });
    return { image, pages };
  };
  const first = await open(0);
  const { width, height, orientation = 1, depth: seen, pages = 1 } = await first.image.metadata();
  checkPixels(width, height, maxPixels);
  const isDeep = depth === 16 && seen === 'ushort';
  const samples: Buffer[] = [];
  for (let plane = 0; plane < planes; plane += 1) {
    const grey = (await open(plane)).image.toColourspace(isDeep ? 'grey16' : 'b-w');
    samples.push(await grey.raw({ depth: isDeep ? 'ushort' : 'uchar' }).toBuffer());
  }
  const kind = (photometric && numberOf(page.tiff, photometric)) ?? 2;
  const picture = {
    ...{ width, height, orientation, photometric: kind, channels: planes },
    bits: isDeep ? 16 : 8,
    ...(planes > (colours[kind] ?? planes)
      ? { extra: (extra && numberOf(page.tiff, extra)) || unassociatedAlpha }
      : {}),
    ...(profile ? { profile: bytesOf(page.tiff, profile) } : {}),
  } as const;
  return { bytes: plainTiff(interleave(samples, isDeep ? 2 : 1), picture), pages: first.pages ?? pages };
}
