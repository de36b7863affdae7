import type { BitmapHeader } from './bmp_header.ts';
import { way } from './bmp_header.ts';

/** Position of the next pixel: its column, and its row in the order of the file. */
interface Pen {
  x: number;
  y: number;
}

interface Sheet {
  readonly samples: Buffer;
  readonly width: number;
  readonly height: number;
  /** Bytes of a pixel: 1 for an index, 3 for a colour. */
  readonly size: number;
}

function put(sheet: Sheet, pen: Pen, pixel: Buffer): void {
  if (pen.x < sheet.width && pen.y < sheet.height)
    pixel.copy(sheet.samples, (pen.y * sheet.width + pen.x) * sheet.size, 0, sheet.size);
  pen.x += 1;
}

/** Bits of one stored pixel. */
const pixelBits: Readonly<Record<number, number>> = { [way.rle4]: 4, [way.rle8]: 8, [way.rle24]: 24 };

/** The pixel with this index in `packed`. */
function pixelAt(packed: Buffer, index: number, bits: number): Buffer {
  if (bits !== 4) return packed.subarray((index * bits) / 8, ((index + 1) * bits) / 8);
  const two = packed[index >> 1] ?? 0;
  return Buffer.of(index % 2 === 0 ? two >> 4 : two & 15);
}

/**
 * Unpacks runs to one byte per index or three per colour, with rows in the order of the file. Skipped and missing
 * pixels are 0, as in other readers.
 */
export function unpackRuns(packed: Buffer, header: BitmapHeader): Buffer {
  const bits = pixelBits[header.way] ?? 8;
  const size = bits === 24 ? 3 : 1;
  const { width, height } = header;
  const sheet = { samples: Buffer.alloc(width * height * size), width, height, size };
  const pen: Pen = { x: 0, y: 0 };
  for (let at = 0; at + 2 <= packed.length && pen.y < height; ) {
    const [count = 0, value = 0] = packed.subarray(at, at + 2);
    if (count > 0) {
      const run = packed.subarray(at + 1);
      // A run of 4-bit pixels alternates between two values.
      for (let index = 0; index < count && pen.x < width; index += 1)
        put(sheet, pen, pixelAt(run, bits === 4 ? index % 2 : 0, bits));
      at += 1 + Math.max(1, size);
    } else if (value === 0) {
      Object.assign(pen, { x: 0, y: pen.y + 1 });
      at += 2;
    } else if (value === 1) return sheet.samples;
    else if (value === 2) {
      Object.assign(pen, { x: pen.x + (packed[at + 2] ?? 0), y: pen.y + (packed[at + 3] ?? 0) });
      at += 4;
    } else {
      const literal = packed.subarray(at + 2);
      for (let index = 0; index < value; index += 1) put(sheet, pen, pixelAt(literal, index, bits));
      at += 2 + Math.ceil((value * bits) / 16) * 2;
    }
  }
  return sheet.samples;
}
