import sharp from 'sharp';

/** A small picture with a gradient, of a colour by which it can be told from others. */
export function png(width = 24, height = 16, red = 128): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    pixels.set([red, Math.floor((255 * (at % width)) / width), 64], at * 3);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** What a picture is: its format, size, and how red it is. */
export async function look(data: Buffer) {
  const { format, width, height } = await sharp(data).metadata();
  const { channels } = await sharp(data).stats();
  return { format, width, height, red: Math.round(channels[0]?.mean ?? -1) };
}
