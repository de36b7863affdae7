/** The widths of a TIFF's numbers (TIFF 6.0, and BigTIFF for files over 4 GB). */
interface Layout {
  readonly first: number;
  readonly countBytes: number;
  readonly entryBytes: number;
  readonly offsetBytes: number;
}
const classic: Layout = { first: 4, countBytes: 2, entryBytes: 12, offsetBytes: 4 };
const big: Layout = { first: 8, countBytes: 8, entryBytes: 20, offsetBytes: 8 };

/** An unsigned number of so many bytes; NaN beyond the end. */
function numberAt(input: Buffer, at: number, bytes: number): number {
  if (at < 0 || at + bytes > input.length) return Number.NaN;
  const isLittle = input[0] === 0x49;
  if (bytes === 8) return Number(isLittle ? input.readBigUInt64LE(at) : input.readBigUInt64BE(at));
  return isLittle ? input.readUIntLE(at, bytes) : input.readUIntBE(at, bytes);
}

/** How many directories (pages) a TIFF chains together, counted up to one more than `most`. */
export function tiffDirectories(input: Buffer, most: number): number {
  const layout = numberAt(input, 2, 2) === 43 ? big : classic;
  let at = numberAt(input, layout.first, layout.offsetBytes);
  let count = 0;
  while (at > 0 && count <= most) {
    count += 1;
    const entries = numberAt(input, at, layout.countBytes);
    at = numberAt(input, at + layout.countBytes + entries * layout.entryBytes, layout.offsetBytes);
  }
  return count;
}
