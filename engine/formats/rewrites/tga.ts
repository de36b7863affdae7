import { Problem } from '../../../common/problem.ts';
import { isTga } from '../sniff/tga.ts';
import { rgbaPam } from './pam.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

/** The header (Truevision TGA 2.0, section 3). */
interface Header {
  readonly isPaletted: boolean;
  readonly isGrey: boolean;
  readonly isPacked: boolean;
  /** The palette: index of its first entry, entries in the file, and bits of each. */
  readonly map: { readonly first: number; readonly entries: number; readonly bits: number };
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly alphaBits: number;
  readonly isRightToLeft: boolean;
  readonly isTopDown: boolean;
  readonly mapAt: number;
}

const headerBytes = 18;

function readHeader(data: Buffer): Header {
  const kind = data.readUInt8(2);
  const descriptor = data.readUInt8(17);
  const hasMap = data.readUInt8(1) === 1;
  return {
    isPaletted: kind % 8 === 1,
    isGrey: kind % 8 === 3,
    isPacked: kind > 8,
    map: {
      first: data.readUInt16LE(3),
      entries: hasMap ? data.readUInt16LE(5) : 0,
      bits: hasMap ? data.readUInt8(7) : 0,
    },
    width: data.readUInt16LE(12),
    height: data.readUInt16LE(14),
    bits: data.readUInt8(16),
    alphaBits: descriptor & 15,
    isRightToLeft: (descriptor & 0x10) !== 0,
    isTopDown: (descriptor & 0x20) !== 0,
    mapAt: headerBytes + data.readUInt8(0),
  };
}

const bytesFor = (bits: number): number => Math.ceil(bits / 8);
const endsEarly = (): Problem =>
  new Problem('corrupt_image', 'Cannot decode image: TGA ends before its last pixel');

/** Unpacks runs, which may cross rows. */
function unpack(packed: Buffer, count: number, size: number): Buffer {
  const pixels = Buffer.alloc(count * size);
  let at = 0;
  for (let made = 0; made < pixels.length; ) {
    const head = packed[at] ?? 0;
    const isRun = head > 127;
    const length = Math.min(((head & 127) + 1) * size, pixels.length - made);
    const body = packed.subarray(at + 1, at + 1 + (isRun ? size : length));
    if (body.length < (isRun ? size : length)) throw endsEarly();
    if (isRun) pixels.fill(body, made, made + length);
    else body.copy(pixels, made);
    made += length;
    at += 1 + body.length;
  }
  return pixels;
}

/** Reads a colour as one RGBA number in little-endian order. */
type Colour = (stored: Buffer, at: number) => number;

const rgba = (red: number, green: number, blue: number, alpha: number): number =>
  (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0;
const fiveBits = (value: number): number => Math.round(((value & 31) * 255) / 31);

/** A reader of colours with this many bits. */
function colourOf(bits: number, hasAlpha: boolean): Colour {
  const byte = (stored: Buffer, at: number): number => stored[at] ?? 0;
  if (bits === 15 || bits === 16)
    return (stored, at) => {
      const value = byte(stored, at) | (byte(stored, at + 1) << 8);
      const alpha = hasAlpha && value < 0x8000 ? 0 : 255;
      return rgba(fiveBits(value >> 10), fiveBits(value >> 5), fiveBits(value), alpha);
    };
  if (bits === 24 || bits === 32)
    return (stored, at) =>
      rgba(
        byte(stored, at + 2),
        byte(stored, at + 1),
        byte(stored, at),
        hasAlpha && bits === 32 ? byte(stored, at + 3) : 255,
      );
  return (stored, at) => rgba(byte(stored, at), byte(stored, at), byte(stored, at), 255);
}

const greyOf =
  (bits: number): Colour =>
  (stored, at) => {
    const grey = stored[at] ?? 0;
    return rgba(grey, grey, grey, bits === 16 ? (stored[at + 1] ?? 0) : 255);
  };

function paletteReader({ map, mapAt, bits, alphaBits }: Header, data: Buffer): Colour {
  const size = bytesFor(map.bits);
  const colour = colourOf(map.bits, map.bits === 32 || alphaBits > 0);
  const palette = Array.from({ length: map.entries }, (_, index) => colour(data, mapAt + index * size));
  return (stored, at) => {
    const index = bits > 8 ? (stored[at] ?? 0) | ((stored[at + 1] ?? 0) << 8) : (stored[at] ?? 0);
    return palette[index - map.first] ?? rgba(0, 0, 0, 255);
  };
}

/** Some programs write 32 bits without opacity: all its bytes are 0. */
const hasOpacity = (pixels: Buffer): boolean => {
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 0) return true;
  return false;
};

function colourFor(header: Header, data: Buffer, pixels: Buffer): Colour {
  if (header.isPaletted) return paletteReader(header, data);
  if (header.isGrey) return greyOf(header.bits);
  return colourOf(header.bits, header.bits === 32 ? hasOpacity(pixels) : header.alphaBits > 0);
}

/** Orders rows from the top and pixels from the left. */
function orderPixels(pixels: Buffer, colour: Colour, header: Header): Buffer {
  const { width, height, isRightToLeft, isTopDown } = header;
  const size = bytesFor(header.bits);
  const out = new Uint32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = (isTopDown ? y : height - 1 - y) * width;
    for (let x = 0; x < width; x += 1)
      out[y * width + x] = colour(pixels, (row + (isRightToLeft ? width - 1 - x : x)) * size);
  }
  return Buffer.from(out.buffer);
}

/** Unpacks TGA, because ImageMagick takes grey with opacity for colours of five bits. */
export const rewriteTga: Rewrite = (data, { maxPixels }) => {
  if (!isTga(data)) return { data };
  const header = readHeader(data);
  const { width, height, map, mapAt, bits } = header;
  checkPixels(width, height, maxPixels);
  const [count, size] = [width * height, bytesFor(bits)];
  const stored = data.subarray(mapAt + map.entries * bytesFor(map.bits));
  const pixels = header.isPacked ? unpack(stored, count, size) : stored.subarray(0, count * size);
  if (pixels.length < count * size) throw endsEarly();
  return {
    coder: 'PAM',
    data: rgbaPam(orderPixels(pixels, colourFor(header, data, pixels), header), width, height),
  };
};
