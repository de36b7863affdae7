import sharp from 'sharp';
import { seeded } from '../../local/kit/seeded.ts';

const side = 48;

/** A small picture that is unique to this source and version. */
export async function picture(index: number, version: number): Promise<Buffer> {
  const random = seeded(index * 1000 + version + 1);
  const noise = Buffer.from(Array.from({ length: 6 * 6 * 3 }, () => Math.floor(random() * 256)));
  return await sharp(noise, { raw: { width: 6, height: 6, channels: 3 } })
    .resize(side, side, { kernel: 'cubic' })
    .png()
    .toBuffer();
}
