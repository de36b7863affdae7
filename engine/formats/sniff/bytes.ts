/** Whether `head` has these bytes at `offset`. */
export const has = (head: Buffer, bytes: string, offset = 0): boolean =>
  head.toString('latin1', offset, offset + bytes.length) === bytes;

/** The brands of an ISO base media file: the major one, then the compatible ones (ISO/IEC 14496-12, 4.3). */
export function brands(head: Buffer): readonly string[] {
  if (!has(head, 'ftyp', 4)) return [];
  const end = Math.min(head.readUInt32BE(0), head.length);
  const at = [8, ...Array.from({ length: Math.max(0, Math.floor((end - 16) / 4)) }, (_, i) => 16 + 4 * i)];
  return at.map((offset) => head.toString('latin1', offset, offset + 4));
}

/** A test for files that begin with one of these magic numbers. */
export const starts =
  (...magic: readonly string[]) =>
  (head: Buffer): boolean =>
    magic.some((bytes) => has(head, bytes));
