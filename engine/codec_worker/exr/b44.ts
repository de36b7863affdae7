import type { Extent } from './header.ts';
import { halves } from './light.ts';

/** B44 compression of OpenEXR: squares of four by four halves in 14 bytes, or in three if all are the same. */
const square = 4;
const squareBytes = 14;
const flatBytes = 3;
const flatFrom = 13 << 2;

/** The largest half that is not above a number from 0 on. */
function halfOf(value: number): number {
  let [low, high] = [0, 0x7bff];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((halves[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

const signedHalfOf = (value: number): number => (value < 0 ? 0x8000 | halfOf(-value) : halfOf(value));

/** Channels with `pLinear` are packed as the exponential of an eighth of their value. */
let logarithms: Uint16Array | undefined;
const logarithmsOf = (): Uint16Array => {
  logarithms ??= Uint16Array.from(halves, (value) =>
    value > 0 && Number.isFinite(value) ? signedHalfOf(8 * Math.log(value)) : 0,
  );
  return logarithms;
};

/** Halves are packed so that their bits sort as their values. */
const unsort = (bits: number): number => (bits & 0x8000 ? bits & 0x7fff : ~bits & 0xffff);

/** Unpacks the sixteen halves of a square, row by row. Returns the number of packed bytes. */
function unpackSquare(bytes: Buffer, at: number, to: Uint16Array): number {
  const first = bytes.readUInt16BE(at);
  const shift = bytes.readUInt8(at + 2) >> 2;
  if (bytes.readUInt8(at + 2) >= flatFrom) {
    to.fill(unsort(first));
    return flatBytes;
  }
  if (at + squareBytes > bytes.length) throw new RangeError('B44 data ends before its picture');
  // Fifteen differences of six bits each follow the first value and the shift.
  const difference = (index: number): number => {
    const bit = 22 + index * 6;
    const from = at + (bit >> 3);
    const pair = ((bytes[from] ?? 0) << 8) | (bytes[from + 1] ?? 0);
    return (((pair >> (10 - (bit & 7))) & 63) - 32) << shift;
  };
  const sorted = new Int32Array(square * square);
  sorted[0] = first;
  for (let row = 1; row < square; row += 1)
    sorted[row * 4] = (sorted[row * 4 - 4] ?? 0) + difference(row - 1);
  for (let column = 1; column < square; column += 1)
    for (let row = 0; row < square; row += 1)
      sorted[row * 4 + column] = (sorted[row * 4 + column - 1] ?? 0) + difference(column * 4 - 1 + row);
  for (let index = 0; index < to.length; index += 1) to[index] = unsort((sorted[index] ?? 0) & 0xffff);
  return squareBytes;
}

/** Unpacks the halves of a channel. Returns the offset of the end of its data. */
function unpackHalves(
  bytes: Buffer,
  start: number,
  { width, height, isPower }: Extent,
  to: Uint16Array,
): number {
  const values = new Uint16Array(square * square);
  const table = isPower ? logarithmsOf() : undefined;
  let at = start;
  for (let y = 0; y < height; y += square)
    for (let x = 0; x < width; x += square) {
      at += unpackSquare(bytes, at, values);
      for (let index = 0; index < values.length; index += 1) {
        const [column, row] = [x + (index & 3), y + (index >> 2)];
        const value = values[index] ?? 0;
        if (column < width && row < height) to[row * width + column] = table ? (table[value] ?? 0) : value;
      }
    }
  return at;
}

/** Unpacks the words of a block, plane by plane. Samples that are not halves are stored unpacked. */
export function unpackB44(packed: Buffer, words: Uint16Array, extents: readonly Extent[]): void {
  let at = 0;
  let to = 0;
  for (const extent of extents) {
    const length = (extent.width * extent.height * extent.bytes) / 2;
    const plane = words.subarray(to, to + length);
    to += length;
    if (extent.type === 1) {
      at = unpackHalves(packed, at, extent, plane);
      continue;
    }
    for (let index = 0; index < length; index += 1, at += 2) plane[index] = packed.readUInt16LE(at);
  }
}
