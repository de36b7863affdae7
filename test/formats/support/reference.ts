import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  ColorProfile,
  ImageMagick,
  initializeImageMagick,
  type MagickFormat,
} from '@imagemagick/magick-wasm';
import { sharp } from '../../../engine/native/sharp.ts';

const wasm = createRequire(import.meta.url).resolve('@imagemagick/magick-wasm/magick.wasm');

/** A picture in sRGB as PNG by ImageMagick, which manages colours with a library of its own (Little CMS). */
export async function inSrgb(input: Buffer, coder: MagickFormat): Promise<Buffer> {
  await initializeImageMagick(readFileSync(wasm));
  const dot = { create: { width: 1, height: 1, channels: 3, background: '#000' } } as const;
  const { icc } = await sharp(await sharp(dot).withIccProfile('srgb').png().toBuffer()).metadata();
  return ImageMagick.read(input, coder, (image) => {
    image.transformColorSpace(new ColorProfile(icc ?? Buffer.alloc(0)));
    image.removeProfile('icc');
    return image.write('PNG', (png) => Buffer.from(png));
  });
}

/** The same numbers read as colours of another profile. */
export async function withProfile(png: Buffer, icc: Buffer): Promise<Buffer> {
  await initializeImageMagick(readFileSync(wasm));
  return ImageMagick.read(png, 'PNG', (image) => {
    image.setProfile(new ColorProfile(icc));
    return image.write('PNG', (bytes) => Buffer.from(bytes));
  });
}
