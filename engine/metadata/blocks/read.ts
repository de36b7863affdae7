import { sharp } from '../../native/sharp.ts';
import type { Blocks } from '../blocks.ts';
import { exifBlock } from '../exif.ts';
import { resourceIds, resourcesOf } from '../photoshop.ts';
import { bytesOf, directoryAt, findEntry, openTiff } from '../tiff_directory.ts';
import { exifRows, writeExif } from '../tiff_write.ts';
import { boxesOf } from './boxes.ts';

/** The blocks that a reader of the file's header found. */
export interface FoundBlocks {
  readonly exif?: Buffer;
  readonly xmp?: Buffer;
  /** Bare, or wrapped by Photoshop. */
  readonly iptc?: Buffer;
}

const isWrapped = (iptc: Buffer): boolean => iptc.toString('latin1', 0, 9) === 'Photoshop';
/** Every dataset begins with this byte (IPTC-IIM, 1.5). */
const datasetMark = 0x1c;

function bareIptc(iptc: Buffer): Buffer | undefined {
  if (isWrapped(iptc)) return resourcesOf(iptc).get(resourceIds.iptc);
  if (iptc[0] === datasetMark) return iptc;
  // The TIFF type may be a number of four bytes, which some programs write in the byte order of the file.
  const swapped = Buffer.from(iptc.subarray(0, iptc.length - (iptc.length % 4))).swap32();
  return swapped[0] === datasetMark ? swapped : undefined;
}

const blocksOf = ({ exif, xmp, iptc }: FoundBlocks): Blocks => {
  const bare = iptc && bareIptc(iptc);
  return {
    ...(exif && exif.length > 0 ? { exif: exifBlock(exif) } : {}),
    ...(xmp && xmp.length > 0 ? { xmp } : {}),
    ...(bare ? { iptc: bare } : {}),
  };
};

const tags = { xmp: 700, iptc: 33_723, photoshop: 34_377 };

/** TIFF, and the raw files of cameras that are TIFFs. */
function tiffBlocks(file: Buffer): Blocks {
  const tiff = openTiff(file);
  const directory = tiff && directoryAt(tiff, tiff.first);
  if (tiff === undefined || directory === undefined) return {};
  const bytes = (tag: number): Buffer | undefined => {
    const entry = findEntry(tiff, directory, tag);
    return entry && bytesOf(tiff, entry);
  };
  const [xmp, iptc, photoshop] = [bytes(tags.xmp), bytes(tags.iptc), bytes(tags.photoshop)];
  const bare = iptc ?? (photoshop && resourcesOf(photoshop).get(resourceIds.iptc));
  const rows = exifRows(tiff);
  const hasRows = rows.first.length + rows.exif.length + rows.gps.length > 0;
  return blocksOf({
    ...(hasRows ? { exif: writeExif(rows) } : {}),
    ...(xmp ? { xmp } : {}),
    ...(bare ? { iptc: bare } : {}),
  });
}

/** JPEG XL in its container; Brotli-packed boxes are left out. */
function jxlBlocks(file: Buffer): Blocks {
  const boxes = [...boxesOf(file)];
  const exif = boxes.find(({ type }) => type === 'Exif')?.body.subarray(4);
  const xmp = boxes.find(({ type }) => type === 'xml ')?.body;
  return blocksOf({ ...(exif ? { exif } : {}), ...(xmp ? { xmp } : {}) });
}

/** The resources of a PSD come after a header of 26 bytes and the colour mode data. */
function psdBlocks(file: Buffer): Blocks {
  if (file.length < 30) return {};
  const lengthAt = 30 + file.readUInt32BE(26);
  if (lengthAt + 4 > file.length) return {};
  const end = lengthAt + 4 + file.readUInt32BE(lengthAt);
  const resources = resourcesOf(file.subarray(lengthAt + 4, end));
  const [exif, xmp, iptc] = [resourceIds.exif, resourceIds.xmp, resourceIds.iptc].map((id) =>
    resources.get(id),
  );
  return blocksOf({ ...(exif ? { exif } : {}), ...(xmp ? { xmp } : {}), ...(iptc ? { iptc } : {}) });
}

/** HEIC and AVIF: libheif reads their boxes here without a decoder for the pixels. */
async function heifBlocks(file: Buffer): Promise<Blocks> {
  try {
    const { exif, xmp } = await sharp(file, { limitInputPixels: false }).metadata();
    return blocksOf({ ...(exif ? { exif } : {}), ...(xmp ? { xmp } : {}) });
  } catch {
    // Another decoder may read the picture, so it is converted without its metadata.
    return {};
  }
}

const readers: Readonly<Record<string, (file: Buffer) => Blocks | Promise<Blocks>>> = {
  heif: heifBlocks,
  avif: heifBlocks,
  tiff: tiffBlocks,
  raw: tiffBlocks,
  jxl: jxlBlocks,
  psd: psdBlocks,
};

/** Reads the metadata blocks of a file. `found`: the blocks that sharp or our reader of headers has found. */
export const readBlocks = async (format: string, file: Buffer, found: FoundBlocks): Promise<Blocks> =>
  (await readers[format]?.(file)) ?? blocksOf(found);
