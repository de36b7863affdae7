/** A frame of a GIF as data: indices of the colour table, row by row. */
export interface GifFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: readonly number[];
  /** 0 and 1 keep the frame, 2 clears it, 3 brings back the picture before it (GIF89a, 23). */
  readonly disposal: number;
  readonly transparent?: number;
}

export interface Gif {
  readonly side: number;
  /** Bits of an index: 2 or 8. */
  readonly bits: 2 | 8;
  readonly frames: readonly GifFrame[];
}

/** Colours that differ in every channel. */
export const colourOf = (index: number, bits: number): readonly [number, number, number] => {
  const level = Math.round((index * 255) / (2 ** bits - 1));
  return [level, 255 - level, (level * 7) % 256];
};

const uint16 = (...values: readonly number[]): Buffer =>
  Buffer.from(values.flatMap((value) => [value & 255, value >> 8]));

/** LZW codes that never grow: the table is cleared before it does. */
function compressed(pixels: readonly number[], bits: number): Buffer {
  const [clear, size] = [2 ** bits, bits + 1];
  const codes = pixels.flatMap((pixel, at) => (at % (2 ** bits - 2) === 0 ? [clear, pixel] : [pixel]));
  const data = Buffer.alloc(Math.ceil(((codes.length + 1) * size) / 8));
  [...codes, clear + 1].forEach((code, at) => {
    for (let bit = 0; bit < size; bit += 1) {
      const place = at * size + bit;
      data[place >> 3] = (data[place >> 3] ?? 0) | (((code >> bit) & 1) << (place & 7));
    }
  });
  const blocks: Buffer[] = [Buffer.of(bits)];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.subarray(at, at + 255);
    blocks.push(Buffer.of(block.length), block);
  }
  return Buffer.concat([...blocks, Buffer.of(0)]);
}

export function gifOf({ side, bits, frames }: Gif): Buffer {
  const table = Array.from({ length: 2 ** bits }, (_, index) => colourOf(index, bits)).flat();
  const parts = frames.flatMap(({ disposal, transparent, ...frame }) => [
    Buffer.of(
      0x21,
      0xf9,
      4,
      (disposal << 2) | (transparent === undefined ? 0 : 1),
      10,
      0,
      transparent ?? 0,
      0,
    ),
    Buffer.of(0x2c),
    uint16(frame.left, frame.top, frame.width, frame.height),
    Buffer.of(0),
    compressed(frame.pixels, bits),
  ]);
  const screen = Buffer.concat([
    Buffer.from('GIF89a'),
    uint16(side, side),
    Buffer.of(0x80 | (bits - 1), 0, 0),
  ]);
  return Buffer.concat([screen, Buffer.from(table), ...parts, Buffer.of(0x3b)]);
}

/** What browsers show of each frame: RGBA, on a canvas that is clear at first. */
export function shownFrames({ side, bits, frames }: Gif): readonly Buffer[] {
  let canvas = Buffer.alloc(side * side * 4);
  return frames.map((frame) => {
    const before = Buffer.from(canvas);
    const each = (paint: (at: number, index: number) => void): void => {
      for (let y = 0; y < frame.height; y += 1) {
        for (let x = 0; x < frame.width; x += 1) {
          paint(((frame.top + y) * side + frame.left + x) * 4, frame.pixels[y * frame.width + x] ?? 0);
        }
      }
    };
    each((at, index) => {
      if (index !== frame.transparent) canvas.set([...colourOf(index, bits), 255], at);
    });
    const shown = Buffer.from(canvas);
    if (frame.disposal === 2) each((at) => canvas.fill(0, at, at + 4));
    if (frame.disposal === 3) canvas = before;
    return shown;
  });
}
