import { readFile } from 'node:fs/promises';
import { formats } from '../../../engine/formats/index.ts';
import { sharp } from '../../../engine/native/sharp.ts';
import { run } from './conversions.ts';
import { icns, pcx, xbm, xpm } from './desktop_by_hand.ts';
import { dng, dpx, fits, pfm, type Rgba } from './made_by_hand.ts';

export const size = { width: 48, height: 32 };
/** The corner of the fixtures that is clear if the format has opacity. */
const clear = { width: 16, height: 8 };

const channel = (value: number, most: number): number => Math.round((255 * value) / most);

/** The picture of every fixture: red grows to the right, green downwards, blue jumps in the middle. */
export const gradient = (isClear: (x: number, y: number) => boolean = () => false): Rgba => {
  const { width, height } = size;
  const pixels = Array.from(
    { length: width * height },
    (_, index) => [index % width, Math.floor(index / width)] as const,
  );
  const bytes = pixels.flatMap(([x, y]) => [
    channel(x, width - 1),
    channel(y, height - 1),
    x < width / 2 ? 40 : 200,
    isClear(x, y) ? 0 : 255,
  ]);
  return { data: Buffer.from(bytes), width, height };
};

const opaque = gradient();
export const withClearCorner = gradient((x, y) => x < clear.width && y < clear.height);

export const pngOf = async ({ data, width, height }: Rgba): Promise<Buffer> =>
  await sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();

const svg = (): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}"><defs><linearGradient id="r">` +
      '<stop stop-color="#000028"/><stop offset="0.5" stop-color="#7f0028"/><stop offset="0.5" stop-color="#8000c8"/>' +
      '<stop offset="1" stop-color="#ff00c8"/></linearGradient><linearGradient id="g" x2="0" y2="1"><stop stop-color="#0f0" ' +
      'stop-opacity="0"/><stop offset="1" stop-color="#0f0" stop-opacity="0"/></linearGradient></defs>' +
      '<path fill="url(#r)" d="M16 0H48V32H0V8H16Z"/></svg>',
  );

/** Files of the formats that cannot be written, by name. */
const others: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  heif: () => readFile(new URL('../fixtures/gradient.heic', import.meta.url)),
  cur: async () => {
    const { data } = await run(await pngOf(withClearCorner), { type: 'ico' });
    data.writeUInt16LE(2, 2);
    return data;
  },
  pfm: () => pfm(opaque),
  fits: () => fits(opaque),
  dpx: () => dpx(opaque),
  raw: () => dng(opaque),
  pcx: () => pcx(opaque),
  xbm: () => xbm(opaque),
  xpm: () => xpm(withClearCorner),
  icns: async () => icns({ ic07: await pngOf(withClearCorner) }),
  svg,
};

/** A file of every format that is read. */
export async function fixture(name: string): Promise<Buffer> {
  const make = others[name];
  if (make) return await make();
  return (await run(await pngOf(withClearCorner), { type: name, quality: 90 })).data;
}

export const readable = formats.filter(({ reads }) => reads).map(({ name }) => name);
export const writable = formats.filter(({ writes }) => writes).map(({ name }) => name);
