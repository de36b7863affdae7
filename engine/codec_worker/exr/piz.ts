/** PIZ compression of OpenEXR: a table of the values that occur, Haar wavelets, and Huffman codes of 16-bit words. */
const values = 65_536;
const longestCode = 58;
const shortRun = 59;
const longRun = 63;
const fastBits = 12;

/** Bits from the highest on. */
function bitReader(bytes: Buffer, start: number) {
  let at = start;
  let held = 0;
  let count = 0;
  const bit = (): number => {
    if (count === 0) {
      if (at >= bytes.length) throw new RangeError('PIZ data ends before its picture');
      held = bytes[at] ?? 0;
      at += 1;
      count = 8;
    }
    count -= 1;
    return (held >> count) & 1;
  };
  return {
    bit,
    bits: (length: number): number => {
      let value = 0;
      for (let left = length; left > 0; left -= 1) value = value * 2 + bit();
      return value;
    },
    /** The next bits, without consuming them; zeros after the end. */
    peek: (length: number): number => {
      let value = held & ((1 << count) - 1);
      let have = count;
      for (let next = at; have < length; next += 1, have += 8) value = (value << 8) | (bytes[next] ?? 0);
      return value >> (have - length);
    },
    skip: (length: number): void => {
      const left = count - length;
      if (left >= 0) {
        count = left;
        return;
      }
      const whole = Math.ceil(-left / 8);
      at += whole;
      if (at > bytes.length) throw new RangeError('PIZ data ends before its picture');
      held = bytes[at - 1] ?? 0;
      count = whole * 8 + left;
    },
    position: () => at,
  };
}

type Bits = ReturnType<typeof bitReader>;

/** Lengths of the codes from the first symbol to the last. */
function codeLengths(bits: Bits, first: number, last: number): Uint8Array {
  const lengths = new Uint8Array(values + 1);
  for (let symbol = first; symbol <= last; symbol += 1) {
    const length = bits.bits(6);
    if (length === longRun) symbol += bits.bits(8) + longRun - shortRun + 2 - 1;
    else if (length >= shortRun) symbol += length - shortRun + 2 - 1;
    else lengths[symbol] = length;
  }
  return lengths;
}

interface Codes {
  readonly first: Float64Array;
  readonly symbols: readonly number[][];
  /** By the next bits: symbol * 64 + length, or 0 if the code is longer. */
  readonly fast: Uint32Array;
}

/** Codes in their canonical order: the longest are the lowest. */
function codesOf(lengths: Uint8Array): Codes {
  const symbols: number[][] = Array.from({ length: longestCode + 1 }, () => []);
  for (const [symbol, length] of lengths.entries()) if (length > 0) symbols[length]?.push(symbol);
  const first = new Float64Array(longestCode + 2);
  for (let length = longestCode, code = 0; length > 0; length -= 1) {
    first[length] = code;
    code = Math.floor((code + (symbols[length]?.length ?? 0)) / 2);
  }
  const fast = new Uint32Array(1 << fastBits);
  for (let length = 1; length <= fastBits; length += 1)
    for (const [index, symbol] of (symbols[length] ?? []).entries()) {
      const from = ((first[length] ?? 0) + index) * 2 ** (fastBits - length);
      fast.fill(symbol * 64 + length, from, from + 2 ** (fastBits - length));
    }
  return { first, symbols, fast };
}

function nextSymbol(bits: Bits, { first, symbols, fast }: Codes): number {
  const found = fast[bits.peek(fastBits)] ?? 0;
  if (found > 0) {
    bits.skip(found % 64);
    return Math.floor(found / 64);
  }
  let code = bits.bits(fastBits);
  for (let length = fastBits + 1; length <= longestCode; length += 1) {
    code = code * 2 + bits.bit();
    const symbol = symbols[length]?.[code - (first[length] ?? 0)];
    if (symbol !== undefined) return symbol;
  }
  throw new RangeError('PIZ data has an unknown code');
}

/** Unpacks the words of a block. The last symbol repeats the previous word. */
function unpackWords(bytes: Buffer, words: Uint16Array): void {
  const [first, last] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
  if (first > values || last > values) throw new RangeError('PIZ data has a symbol over its limit');
  const bits = bitReader(bytes, 20);
  const codes = codesOf(codeLengths(bits, first, last));
  const data = bitReader(bytes, 20 + bytes.readUInt32LE(8));
  for (let at = 0; at < words.length; ) {
    const symbol = nextSymbol(data, codes);
    if (symbol !== last) {
      words[at] = symbol;
      at += 1;
      continue;
    }
    const run = data.bits(8);
    if (at === 0 || at + run > words.length) throw new RangeError('PIZ data has a run over its end');
    words.fill(words[at - 1] ?? 0, at, at + run);
    at += run;
  }
}

/** A plane of words: sides, and the steps to the next column and row. */
export interface Plane {
  readonly at: number;
  readonly width: number;
  readonly height: number;
  readonly stepX: number;
  readonly stepY: number;
}

/** Turns a sum and a difference back into two values, in place. */
type Unmix = (words: Uint16Array, one: number, other: number) => void;

const unmix14: Unmix = (words, one, other) => {
  const sum = ((words[one] ?? 0) << 16) >> 16;
  const difference = ((words[other] ?? 0) << 16) >> 16;
  const value = sum + (difference & 1) + (difference >> 1);
  words[one] = value;
  words[other] = value - difference;
};

const unmix16: Unmix = (words, one, other) => {
  const difference = words[other] ?? 0;
  const value = ((words[one] ?? 0) - (difference >> 1)) & 0xffff;
  words[other] = value;
  words[one] = difference + value - 0x8000;
};

/** One level of the wavelets, in squares of `wide` words. */
function unmixLevel(words: Uint16Array, plane: Plane, unmix: Unmix, wide: number): void {
  const { at, width, height, stepX, stepY } = plane;
  const half = wide / 2;
  const [right, down] = [stepX * half, stepY * half];
  for (let y = 0; y < height; y += wide) {
    for (let x = 0; x < width; x += wide) {
      const one = at + x * stepX + y * stepY;
      const [isWide, isHigh] = [x + wide <= width, y + wide <= height];
      // A remainder at the edge belongs to this level only if the bit of the level is set in the length of the side.
      if (isHigh && (isWide || width & half)) unmix(words, one, one + down);
      if (isHigh && isWide) unmix(words, one + right, one + right + down);
      if (isWide && (isHigh || height & half)) unmix(words, one, one + right);
      if (isHigh && isWide) unmix(words, one + down, one + right + down);
    }
  }
}

function unmixPlane(words: Uint16Array, plane: Plane, unmix: Unmix): void {
  let wide = 1;
  while (wide * 2 <= Math.min(plane.width, plane.height)) wide *= 2;
  for (; wide > 1; wide /= 2) unmixLevel(words, plane, unmix, wide);
}

/** Unpacks the words of a block, plane by plane. @throws RangeError if it is damaged. */
export function unpackPiz(packed: Buffer, words: Uint16Array, planes: readonly Plane[]): void {
  const [least, most] = [packed.readUInt16LE(0), packed.readUInt16LE(2)];
  const bitmap = new Uint8Array(values / 8);
  const mapBytes = least <= most ? most - least + 1 : 0;
  if (most >= bitmap.length) throw new RangeError('PIZ data has a table over its limit');
  bitmap.set(packed.subarray(4, 4 + mapBytes), least);
  const table = new Uint16Array(values);
  let known = 0;
  for (let value = 0; value < values; value += 1)
    if (value === 0 || (bitmap[value >> 3] ?? 0) & (1 << (value & 7))) {
      table[known] = value;
      known += 1;
    }
  const lengthAt = 4 + mapBytes;
  const length = packed.readUInt32LE(lengthAt);
  unpackWords(packed.subarray(lengthAt + 4, lengthAt + 4 + length), words);
  const unmix = known - 1 < 1 << 14 ? unmix14 : unmix16;
  for (const plane of planes) unmixPlane(words, plane, unmix);
  for (let at = 0; at < words.length; at += 1) words[at] = table[words[at] ?? 0] ?? 0;
}
