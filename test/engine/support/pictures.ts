import { sharp } from '../../../engine/native/sharp.ts';

export interface Raw {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}
export type Rgb = readonly [number, number, number];

export const red: Rgb = [255, 0, 0];
export const green: Rgb = [0, 255, 0];
export const blue: Rgb = [0, 0, 255];
export const white: Rgb = [255, 255, 255];

/** Pixels of a picture by a function of their place. */
export function drawn(width: number, height: number, colourAt: (x: number, y: number) => Rgb): Raw {
  const data = Buffer.alloc(width * height * 3);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (const value of colourAt(x, y)) data[at++] = value;
    }
  }
  return { data, width, height, channels: 3 };
}

const quarters = (width: number, height: number) => (x: number, y: number) => {
  const row = y < height / 2 ? [red, green] : [blue, white];
  return (x < width / 2 ? row[0] : row[1]) ?? white;
};

/** Red and green above, blue and white below. */
export const quad = (width = 160, height = 120): Raw => drawn(width, height, quarters(width, height));

/** A picture whose every part looks different, without hard edges. */
export const scenery = (width: number, height: number): Raw =>
  drawn(width, height, (x, y) => {
    const wave = (value: number): number => Math.round(127.5 + 127.5 * Math.sin(value));
    return [wave((5 * x) / width + 1), wave((4 * y) / height), wave((3 * (x + y)) / (width + height) + 2)];
  });

export const open = ({ data, width, height, channels }: Raw) =>
  sharp(data, { raw: { width, height, channels } });
export const png = async (raw: Raw): Promise<Buffer> => await open(raw).png().toBuffer();
export const jpeg = async (raw: Raw): Promise<Buffer> =>
  await open(raw).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();

/** A flat picture: only its size matters. */
export const flat = async (width: number, height: number, format: 'png' | 'jpeg' = 'png'): Promise<Buffer> =>
  await sharp({ create: { width, height, channels: 3, background: '#808080' } })
    .toFormat(format)
    .toBuffer();

/**
 * Where the pixel at x,y of the upright picture is stored, by the EXIF tag:
 * what row 0 and column 0 of the stored pixels are, seen upright (TIFF 6.0, tag 274).
 */
type Place = (x: number, y: number, width: number, height: number) => readonly [number, number];
const storedAt: Readonly<Record<number, Place>> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _w, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, w) => [y, w - 1 - x],
  7: (x, y, w, h) => [h - 1 - y, w - 1 - x],
  8: (x, y, _w, h) => [h - 1 - y, x],
};

/** The picture stored as a camera would that was held so: with the tag it shows as `upright` does. */
export async function oriented(upright: Raw, tag: number, format: 'png' | 'jpeg' = 'png'): Promise<Buffer> {
  const { width, height, channels } = upright;
  const sideways = tag >= 5;
  const stored = { width: sideways ? height : width, height: sideways ? width : height };
  const data = Buffer.alloc(upright.data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [column, row] = storedAt[tag]?.(x, y, width, height) ?? [x, y];
      const from = (y * width + x) * channels;
      upright.data.copy(data, (row * stored.width + column) * channels, from, from + channels);
    }
  }
  const image = open({ data, ...stored, channels }).withMetadata({ orientation: tag });
  return await (format === 'png'
    ? image.png()
    : image.jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
  ).toBuffer();
}

/** An animation of plain frames, one a colour. */
export async function animation(
  format: 'gif' | 'webp',
  colours: readonly Rgb[],
  { width = 40, height = 30, delay = colours.map((_, index) => 100 + 50 * index), loop = 3 } = {},
): Promise<Buffer> {
  const frames = colours.map((colour) => drawn(width, height, () => colour).data);
  const raw = { width, height: height * colours.length, channels: 3 as const, pageHeight: height };
  const image = sharp(Buffer.concat(frames), { raw });
  return await (format === 'gif'
    ? image.gif({ delay, loop })
    : image.webp({ delay, loop, lossless: true })
  ).toBuffer();
}

/** The pixels of an encoded picture as RGB or RGBA, all frames below each other. */
export async function decoded(data: Buffer): Promise<Raw> {
  const { data: pixels, info } = await sharp(data, { animated: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: pixels, width: info.width, height: info.height, channels: info.channels };
}

export function pixelAt({ data, width, channels }: Raw, x: number, y: number): readonly number[] {
  const at = (y * width + x) * channels;
  return [...data.subarray(at, at + channels)];
}

/** The mean difference of two pictures of one size, 0 to 255. */
export function difference(a: Raw, b: Raw): number {
  if (a.data.length !== b.data.length) return 255;
  let sum = 0;
  for (let at = 0; at < a.data.length; at += 1) sum += Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0));
  return sum / a.data.length;
}
