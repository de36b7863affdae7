const u16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value & 0xffff, index * 2);
  return bytes;
};
const u32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
};

export interface BmpParts {
  /** Length of the header of the bitmap: 12 (OS/2), 40, 52, 56, 108, 124 (Windows), 16 to 64 (OS/2, second). */
  readonly headerBytes: number;
  readonly width: number;
  /** Negative: the first row is the top one. */
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  /** Of red, green, blue and opacity; behind the header where that is too short for them. */
  readonly masks?: readonly number[];
  readonly palette?: readonly (readonly [red: number, green: number, blue: number])[];
  /** Number of colours as the header says it; absent: as many as there are. */
  readonly colours?: number;
  readonly planes?: number;
  readonly fileBytes?: number;
  readonly body: Buffer;
}

function headerOf(parts: BmpParts): Buffer {
  const { headerBytes, width, height, bits, compression = 0, masks = [], palette = [], planes = 1 } = parts;
  if (headerBytes === 12) return Buffer.concat([u32(12), u16(width, height, planes, bits)]);
  const head = Buffer.concat([
    u32(headerBytes, width, height),
    u16(planes, bits),
    u32(compression, 0, 2835, 2835, parts.colours ?? palette.length, 0),
    headerBytes > 40 && headerBytes !== 64 ? u32(...masks) : Buffer.alloc(0),
  ]);
  return Buffer.concat([head, Buffer.alloc(Math.max(0, headerBytes - head.length))]).subarray(0, headerBytes);
}

/** A bitmap with or without the header of a file. */
export function bmp(parts: BmpParts, isBare = false): Buffer {
  const header = headerOf(parts);
  const extraMasks = parts.headerBytes === 40 && parts.masks ? u32(...parts.masks) : Buffer.alloc(0);
  const fill = parts.headerBytes === 12 ? [] : [0];
  const palette = Buffer.from(
    (parts.palette ?? []).flatMap(([red, green, blue]) => [blue, green, red, ...fill]),
  );
  const bitmap = Buffer.concat([header, extraMasks, palette]);
  if (isBare) return Buffer.concat([bitmap, parts.body]);
  const fileBytes = parts.fileBytes ?? 14 + bitmap.length + parts.body.length;
  return Buffer.concat([Buffer.from('BM'), u32(fileBytes, 0, 14 + bitmap.length), bitmap, parts.body]);
}

/** Rows of numbers of so many bits, each row filled up to four bytes. */
export function packedRows(rows: readonly (readonly number[])[], bits: number): Buffer {
  return Buffer.concat(
    rows.map((row) => {
      const stride = Math.ceil((row.length * bits) / 32) * 4;
      const bytes = Buffer.alloc(stride);
      for (const [index, value] of row.entries()) {
        if (bits >= 8) bytes.writeUIntLE(value, (index * bits) / 8, bits / 8);
        else {
          const at = Math.floor((index * bits) / 8);
          bytes[at] = (bytes[at] ?? 0) | (value << (8 - bits - ((index * bits) % 8)));
        }
      }
      return bytes;
    }),
  );
}
