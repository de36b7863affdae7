/** Stored samples without compression, one pixel after the other, little-endian. */
export interface PlainTiff {
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  readonly channels: number;
  /** How the colours are stored (TIFF 6.0, section 8). */
  readonly photometric: number;
  /** What a channel after the colours means (TIFF 6.0, section 18). */
  readonly extra?: number;
  readonly orientation: number;
  readonly profile?: Buffer;
}

const [short, long, bytes] = [3, 4, 7];
const typeBytes: Readonly<Record<number, number>> = { [short]: 2, [long]: 4, [bytes]: 1 };

type Row = readonly [tag: number, type: number, values: readonly number[] | Buffer];

function encodeValues(type: number, values: readonly number[] | Buffer): Buffer {
  if (Buffer.isBuffer(values)) return values;
  const width = typeBytes[type] ?? 1;
  const data = Buffer.alloc(values.length * width);
  for (const [index, value] of values.entries()) data.writeUIntLE(value, index * width, width);
  return data;
}

/** The directory at offset 8, and after it the values that do not fit into it. */
function directory(rows: readonly Row[]): Buffer {
  const head = Buffer.alloc(2 + rows.length * 12 + 4);
  head.writeUInt16LE(rows.length, 0);
  const parts = [head];
  let end = 8 + head.length;
  for (const [index, [tag, type, values]] of rows.entries()) {
    const data = encodeValues(type, values);
    const at = 2 + index * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(values.length, at + 4);
    if (data.length <= 4) data.copy(head, at + 8);
    else {
      head.writeUInt32LE(end, at + 8);
      const padded = Buffer.concat([data, Buffer.alloc(data.length % 2)]);
      parts.push(padded);
      end += padded.length;
    }
  }
  return Buffer.concat(parts);
}

/** A TIFF of one strip, which libvips reads. */
export function plainTiff(body: Buffer, picture: PlainTiff): Buffer {
  const { width, height, bits, channels, photometric, extra, orientation, profile } = picture;
  const rows = (bodyAt: number): readonly Row[] => [
    [256, long, [width]],
    [257, long, [height]],
    [258, short, Array.from({ length: channels }, () => bits)],
    [259, short, [1]],
    [262, short, [photometric]],
    [273, long, [bodyAt]],
    [274, short, [orientation]],
    [277, short, [channels]],
    [278, long, [height]],
    [279, long, [body.length]],
    ...(extra === undefined ? [] : ([[338, short, [extra]]] satisfies Row[])),
    ...(profile === undefined ? [] : ([[34_675, bytes, profile]] satisfies Row[])),
  ];
  const bodyAt = 8 + directory(rows(0)).length;
  return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), directory(rows(bodyAt)), body]);
}
