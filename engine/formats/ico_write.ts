import { toRgba } from '../native/raw_pixels.ts';
import { type Sharp, sharp } from '../native/sharp.ts';
import type { Encoded, Format } from './format.ts';

/** The sizes that desktops and browsers use, below the largest one. */
const usualSides = [16, 24, 32, 48, 64, 128];
const largestSide = 256;

interface Entry {
  readonly width: number;
  readonly height: number;
  readonly png: Buffer;
}

/** An icon file (ICONDIR) with PNGs, as since Windows Vista. A side of 256 is written as 0. */
function icoOf(entries: readonly Entry[]): Buffer {
  const directory = Buffer.alloc(6 + 16 * entries.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(entries.length, 4);
  let offset = directory.length;
  entries.forEach(({ width, height, png }, index) => {
    const at = 6 + 16 * index;
    directory[at] = width % 256;
    directory[at + 1] = height % 256;
    directory.writeUInt16LE(1, at + 4);
    directory.writeUInt16LE(32, at + 6);
    directory.writeUInt32LE(png.length, at + 8);
    directory.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([directory, ...entries.map(({ png }) => png)]);
}

async function entry(image: Sharp): Promise<Entry> {
  const { data, info } = await image.png().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, png: data };
}

/** Writes the picture itself, at most 256 pixels a side, and the usual smaller sizes as squares. */
export const encodeIco: NonNullable<Format['encode']> = async (image) => {
  const { data, width, height } = await toRgba(image);
  const raw = { width, height, channels: 4 as const };
  const open = (): Sharp => sharp(data, { raw, limitInputPixels: false });
  const box = { width: largestSide, height: largestSide, fit: 'inside', withoutEnlargement: true } as const;
  const whole = await entry(open().resize(box));
  const smaller = usualSides.filter((side) => side < Math.max(whole.width, whole.height));
  const clear = { r: 0, g: 0, b: 0, alpha: 0 };
  const squares = await Promise.all(
    smaller.map((side) =>
      entry(open().resize({ width: side, height: side, fit: 'contain', background: clear })),
    ),
  );
  const icon = icoOf([whole, ...squares.reverse()]);
  return {
    data: icon,
    width: whole.width,
    height: whole.height,
    pages: 1 + squares.length,
  } satisfies Encoded;
};
