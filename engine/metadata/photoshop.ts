const signature = '8BIM';
const mark = 'Photoshop 3.0\0';
/** Resources of Photoshop (File Formats Specification): IPTC, EXIF, XMP. */
export const resourceIds = { iptc: 0x0404, exif: 0x0422, xmp: 0x0424 } as const;

const even = (length: number): number => length + (length % 2);

/** The resources of a file of Photoshop or of a JPEG's APP13 segment, by their number. */
export function resourcesOf(block: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  const start = block.toString('latin1', 0, mark.length) === mark ? mark.length : 0;
  for (let at = start; at + 12 <= block.length && block.toString('latin1', at, at + 4) === signature; ) {
    const id = block.readUInt16BE(at + 4);
    const dataAt = at + 6 + even(1 + (block[at + 6] ?? 0));
    if (dataAt + 4 > block.length) break;
    const length = block.readUInt32BE(dataAt);
    const end = dataAt + 4 + length;
    if (end > block.length) break;
    if (!found.has(id)) found.set(id, block.subarray(dataAt + 4, end));
    at = end + (length % 2);
  }
  return found;
}

/** Wraps datasets of IPTC for an APP13 segment. */
export function wrapIptc(iptc: Buffer): Buffer {
  const head = Buffer.from(`${mark}${signature}\x04\x04\0\0\0\0\0\0`, 'latin1');
  head.writeUInt32BE(iptc.length, head.length - 4);
  return Buffer.concat([head, iptc, Buffer.alloc(iptc.length % 2)]);
}
