/** A frame of a GIF (GIF89a, sections 20 and 23). */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Offset of its image descriptor. */
  readonly at: number;
  /** Offset of its graphic control extension, if it has one. */
  readonly control?: number;
  /** Offset of its colour table. */
  readonly colours: number;
  /** Offset of its compressed pixels, which start with the size of their codes. */
  readonly pixels: number;
}

const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** The offset of the end of the sub-blocks that begin at `start`. */
function endOfBlocks(gif: Buffer, start: number): number {
  let at = start;
  while (at < gif.length && gif[at]) at += 1 + (gif[at] ?? 0);
  return at + 1;
}

/** The frames of a GIF up to the first damaged block. */
function* framesOf(gif: Buffer): Generator<Frame> {
  const global = 13;
  let control: number | undefined;
  for (let at = global + tableBytes(gif[10] ?? 0); at + 10 < gif.length; ) {
    if (gif[at] === 0x21) {
      if (gif[at + 1] === 0xf9 && gif[at + 2] === 4) control = at;
      at = endOfBlocks(gif, at + 2);
    } else if (gif[at] === 0x2c) {
      const own = tableBytes(gif[at + 9] ?? 0);
      const [left, top] = [gif.readUInt16LE(at + 1), gif.readUInt16LE(at + 3)];
      const [width, height] = [gif.readUInt16LE(at + 5), gif.readUInt16LE(at + 7)];
      const pixels = at + 10 + own;
      const placed = { left, top, width, height, at, pixels, colours: own ? at + 10 : global };
      yield control === undefined ? placed : { ...placed, control };
      control = undefined;
      at = endOfBlocks(gif, pixels + 1);
    } else return;
  }
}

const disposal = (gif: Buffer, { control }: Frame): number =>
  control === undefined ? 0 : ((gif[control + 3] ?? 0) >> 2) & 7;
const isTransparent = (gif: Buffer, { control }: Frame): boolean =>
  control !== undefined && ((gif[control + 3] ?? 0) & 1) === 1;

function coversCanvas(gif: Buffer, { left, top, width, height }: Frame): boolean {
  const [across, down] = [gif.readUInt16LE(6), gif.readUInt16LE(8)];
  return left === 0 && top === 0 && width >= across && height >= down;
}

/** The pieces of the compressed pixels, without their lengths. */
function* piecesOf(gif: Buffer, start: number): Generator<Buffer> {
  for (let at = start; at < gif.length && gif[at]; at += 1 + (gif[at] ?? 0)) {
    yield gif.subarray(at + 1, at + 1 + (gif[at] ?? 0));
  }
}

interface Code {
  readonly value: number;
  /** Its first bit, and the number of its bits. */
  readonly bit: number;
  readonly size: number;
}

/** The codes of LZW data for a single pixel. The first use of any colour is such a code. */
function* literals(data: Buffer, bits: number): Generator<Code> {
  const clear = 2 ** bits;
  let [size, next, isFirst] = [bits + 1, clear + 2, true];
  for (let bit = 0; bit + size <= data.length * 8; ) {
    const value =
      (data.readUIntLE(bit >> 3, Math.min(3, data.length - (bit >> 3))) >> (bit & 7)) & (2 ** size - 1);
    const code = { value, bit, size };
    bit += size;
    if (value === clear + 1) return;
    if (value === clear) {
      [size, next, isFirst] = [bits + 1, clear + 2, true];
      continue;
    }
    if (value < clear) yield code;
    if (!isFirst && next < 4096) next += 1;
    isFirst = false;
    if (next === 2 ** size && size < 12) size += 1;
  }
}

/** Replaces a code by another one of the same size. */
function replaceCode(data: Buffer, { value, bit, size }: Code, by: number): void {
  for (let index = 0; index < size; index += 1) {
    const [byte, mask] = [(bit + index) >> 3, 1 << ((bit + index) & 7)];
    if (((value ^ by) >> index) & 1) data[byte] = (data[byte] ?? 0) ^ mask;
  }
}

/** The index of the colour in a table that is nearest to another one in it. */
function nearestColour(gif: Buffer, colours: number, index: number): number {
  const distance = (other: number): number =>
    [0, 1, 2].reduce((sum, channel) => {
      const [a = 0, b = 0] = [gif[colours + 3 * index + channel], gif[colours + 3 * other + channel]];
      return sum + (a - b) ** 2;
    }, 0);
  const others = Array.from({ length: 256 }, (_, other) => other).filter((other) => other !== index);
  return others.reduce((best, other) => (distance(other) < distance(best) ? other : best));
}

/** An index that no pixel of the frame uses. If all are used, pixels of the rarest get the nearest other colour. */
function unusedIndex(gif: Buffer, { pixels, colours }: Frame): number {
  const bits = gif[pixels] ?? 0;
  if (bits < 8) return 255;
  const pieces = [...piecesOf(gif, pixels + 1)];
  const data = Buffer.concat(pieces);
  const counts = new Uint32Array(256);
  for (const { value } of literals(data, 8)) counts[value] = (counts[value] ?? 0) + 1;
  const index = counts.indexOf(Math.min(...counts));
  if (counts[index] === 0) return index;
  const other = nearestColour(gif, colours, index);
  for (const code of [...literals(data, 8)]) if (code.value === index) replaceCode(data, code, other);
  let at = 0;
  for (const piece of pieces) at += data.copy(piece, 0, at);
  return index;
}

/**
 * Gives a transparent index to frames that are cleared after they were shown, as browsers clear them. Without such an
 * index libvips clears to the background colour and reads no opacity. Returns the input itself if it needs no change.
 */
export function fixDisposal(input: Buffer): Buffer {
  const frames = [...framesOf(input)];
  const needing = frames.filter(
    (frame, index) =>
      !isTransparent(input, frame) &&
      ((index === 0 && !coversCanvas(input, frame)) || (disposal(input, frame) >= 2 && frames.length > 1)),
  );
  if (needing.length === 0) return input;
  const gif = Buffer.from(input);
  const parts: Buffer[] = [];
  let from = 0;
  for (const frame of needing) {
    const index = unusedIndex(gif, frame);
    if (frame.control === undefined) {
      parts.push(gif.subarray(from, frame.at), Buffer.from([0x21, 0xf9, 4, 1, 0, 0, index, 0]));
      from = frame.at;
    } else {
      gif[frame.control + 3] = (gif[frame.control + 3] ?? 0) | 1;
      gif[frame.control + 6] = index;
    }
  }
  return Buffer.concat([...parts, gif.subarray(from)]);
}
