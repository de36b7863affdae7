import type { Rgba } from './made_by_hand.ts';

/** How the pixels of a TGA are stored (Truevision TGA 2.0, section 3). */
export interface TgaKind {
  /** 1: palette, 2: colours, 3: grey. */
  readonly kind: 1 | 2 | 3;
  readonly bits: 8 | 16 | 24 | 32;
  readonly alphaBits: 0 | 1 | 8;
  readonly isPacked: boolean;
  readonly isRightToLeft: boolean;
  readonly isTopDown: boolean;
}

const paletteFirst = 3;

function storedPixel([red = 0, green = 0, blue = 0, alpha = 0]: Uint8Array, { kind, bits }: TgaKind): Buffer {
  if (kind === 3) return Buffer.from(bits === 16 ? [red, alpha] : [red]);
  if (bits !== 16) return Buffer.from([blue, green, red, alpha].slice(0, bits / 8));
  const five = (value: number): number => Math.round((value * 31) / 255);
  const packed = ((alpha > 127 ? 1 : 0) << 15) | (five(red) << 10) | (five(green) << 5) | five(blue);
  return Buffer.from([packed & 255, packed >> 8]);
}

/** Packets over all rows: runs of equal pixels, and the others by themselves. */
function pack(pixels: readonly Buffer[]): Buffer {
  const packets: Buffer[] = [];
  for (let at = 0; at < pixels.length; ) {
    const first = pixels[at] ?? Buffer.alloc(0);
    let end = at + 1;
    while (end < pixels.length && end - at < 128 && pixels[end]?.equals(first)) end += 1;
    packets.push(Buffer.of(end - at > 1 ? 127 + end - at : 0), first);
    at = end;
  }
  return Buffer.concat(packets);
}

/** The pixels of a picture as a TGA of some kind; those with a palette have its colours in their order. */
export function tga({ data, width, height }: Rgba, kind: TgaKind): Buffer {
  const order = Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    return (kind.isTopDown ? y : height - 1 - y) * width + (kind.isRightToLeft ? width - 1 - x : x);
  });
  const colours = order.map((index) => data.subarray(index * 4, index * 4 + 4));
  const palette = [...new Set(colours.map((colour) => colour.toString('hex')))];
  const pixels = colours.map((colour) =>
    kind.kind === 1
      ? Buffer.of(paletteFirst + palette.indexOf(colour.toString('hex')))
      : storedPixel(colour, kind),
  );
  const map = palette.map((hex) => storedPixel(Buffer.from(hex, 'hex'), { ...kind, kind: 2, bits: 24 }));
  const id = Buffer.from('made by hand');
  const head = Buffer.alloc(18);
  head.writeUInt8(id.length, 0);
  head.writeUInt8(kind.kind === 1 ? 1 : 0, 1);
  head.writeUInt8(kind.kind + (kind.isPacked ? 8 : 0), 2);
  if (kind.kind === 1) {
    head.writeUInt16LE(paletteFirst, 3);
    head.writeUInt16LE(palette.length, 5);
    head.writeUInt8(24, 7);
  }
  head.writeUInt16LE(width, 12);
  head.writeUInt16LE(height, 14);
  head.writeUInt8(kind.bits, 16);
  head.writeUInt8(kind.alphaBits | (kind.isRightToLeft ? 0x10 : 0) | (kind.isTopDown ? 0x20 : 0), 17);
  const body = kind.isPacked ? pack(pixels) : Buffer.concat(pixels);
  return Buffer.concat([head, id, ...(kind.kind === 1 ? map : []), body]);
}
