import { inflateSync } from 'node:zlib';
import { unpackB44 } from './b44.ts';
import type { Extent } from './header.ts';
import { type Plane, unpackPiz } from './piz.ts';

/** Undoes the two steps that make bytes pack well: differences, and separate halves. */
function undoPrediction(bytes: Buffer): Buffer {
  for (let at = 1; at < bytes.length; at += 1) bytes[at] = (bytes[at - 1] ?? 0) + (bytes[at] ?? 0) - 128;
  const whole = Buffer.alloc(bytes.length);
  const half = (bytes.length + 1) >> 1;
  for (let at = 0; at < bytes.length; at += 1) whole[at] = bytes[(at >> 1) + (at & 1 ? half : 0)] ?? 0;
  return whole;
}

function unpackRuns(packed: Buffer, size: number): Buffer {
  const whole = Buffer.alloc(size);
  let to = 0;
  for (let at = 0; at < packed.length && to < size; ) {
    const count = packed.readInt8(at);
    if (count < 0) {
      packed.copy(whole, to, at + 1, at + 1 - count);
      to -= count;
      at += 1 - count;
      continue;
    }
    whole.fill(packed.readUInt8(at + 1), to, to + count + 1);
    to += count + 1;
    at += 2;
  }
  if (to !== size) throw new RangeError('runs of bytes have another length than their picture');
  return whole;
}

function inflate(packed: Buffer, size: number): Buffer {
  const whole = inflateSync(packed, { maxOutputLength: Math.max(1, size) });
  if (whole.length !== size) throw new RangeError('packed bytes have another length than their picture');
  return whole;
}

/** Calls for each row of each channel, in the order in which they are stored. */
function eachRow(extents: readonly Extent[], call: (extent: Extent, index: number) => void): void {
  let left = extents.reduce((sum, { height }) => sum + height, 0);
  for (let row = 0; left > 0; row += 1)
    for (const [index, extent] of extents.entries()) {
      if (!extent.rows.has(row)) continue;
      call(extent, index);
      left -= 1;
    }
}

/** Turns words in planes into rows of alternating channels. */
function interleave(words: Uint16Array, extents: readonly Extent[]): Buffer {
  let start = 0;
  const starts = extents.map(({ width, height, bytes }) => {
    start += (width * height * bytes) / 2;
    return start - (width * height * bytes) / 2;
  });
  const whole = new Uint16Array(words.length);
  let to = 0;
  eachRow(extents, ({ width, bytes }, index) => {
    const [from, length] = [starts[index] ?? 0, (width * bytes) / 2];
    whole.set(words.subarray(from, from + length), to);
    starts[index] = from + length;
    to += length;
  });
  return Buffer.from(whole.buffer);
}

function unpackWavelets(packed: Buffer, size: number, extents: readonly Extent[]): Buffer {
  const words = new Uint16Array(size / 2);
  const planes: Plane[] = [];
  let at = 0;
  for (const { width, height, bytes } of extents) {
    const step = bytes / 2;
    for (let word = 0; word < step; word += 1)
      planes.push({ at: at + word, width, height, stepX: step, stepY: step * width });
    at += width * height * step;
  }
  unpackPiz(packed, words, planes);
  return interleave(words, extents);
}

function unpackSquares(packed: Buffer, size: number, extents: readonly Extent[]): Buffer {
  const words = new Uint16Array(size / 2);
  unpackB44(packed, words, extents);
  return interleave(words, extents);
}

/** Unpacks differences of samples whose bytes are in separate planes; floats lack their lowest byte. */
function unpackPxr24(packed: Buffer, size: number, extents: readonly Extent[]): Buffer {
  const stored = (type: number): number => ({ 0: 4, 1: 2, 2: 3 })[type] ?? 4;
  let packedSize = 0;
  eachRow(extents, ({ width, type }) => {
    packedSize += width * stored(type);
  });
  const bytes = inflate(packed, packedSize);
  const whole = Buffer.alloc(size);
  let [at, to] = [0, 0];
  eachRow(extents, ({ width, bytes: wide, type }) => {
    const planes = stored(type);
    for (let x = 0, value = 0; x < width; x += 1, to += wide) {
      let difference = 0;
      for (let plane = 0; plane < planes; plane += 1)
        difference = (difference << 8) | (bytes[at + plane * width + x] ?? 0);
      value =
        wide === 2
          ? (value + difference) & 0xffff
          : (value + (planes === 3 ? difference << 8 : difference)) | 0;
      if (wide === 2) whole.writeUInt16LE(value, to);
      else whole.writeInt32LE(value, to);
    }
    at += planes * width;
  });
  return whole;
}

interface Compression {
  /** Rows of a block. */
  readonly rows: number;
  readonly unpack: (packed: Buffer, size: number, extents: readonly Extent[]) => Buffer;
}

const stored: Compression = {
  rows: 1,
  unpack: (packed, size) => {
    if (packed.length < size) throw new RangeError('a block is cut off');
    return packed;
  },
};
const zip = (packed: Buffer, size: number): Buffer => undoPrediction(inflate(packed, size));

/** Compressions by their number in OpenEXR. DWA, which resembles JPEG, is not supported. */
export const compressions: Readonly<Record<number, Compression>> = {
  0: stored,
  1: { rows: 1, unpack: (packed, size) => undoPrediction(unpackRuns(packed, size)) },
  2: { rows: 1, unpack: zip },
  3: { rows: 16, unpack: zip },
  4: { rows: 32, unpack: unpackWavelets },
  5: { rows: 16, unpack: unpackPxr24 },
  6: { rows: 32, unpack: unpackSquares },
  7: { rows: 32, unpack: unpackSquares },
};

/** A tile may be as large as the picture, with any number of channels. */
const mostBlockBytes = 1e9;

/** Unpacks a block, row by row. A block that compression would not make smaller is stored unpacked. */
export const unpackBlock = ({ unpack }: Compression, packed: Buffer, extents: readonly Extent[]): Buffer => {
  const size = extents.reduce((sum, { width, height, bytes }) => sum + width * height * bytes, 0);
  if (size > mostBlockBytes) throw new RangeError('a block is over its limit');
  return (packed.length >= size ? stored.unpack : unpack)(packed, size, extents);
};
