import { bytesText, sizeText } from '../kit/numbers.ts';
import { data } from '../state/page_data.ts';
import type { Size } from './shown.ts';

const { megapixels, bytes: maxBytes } = data.limits;

export const isTooLarge = (blob: Blob, { width, height }: Size): boolean =>
  width * height > megapixels * 1e6 || blob.size > maxBytes;

/** WebP keeps transparency, and is small. A browser that cannot write it writes PNG. */
const typeFor = (type: string): string => (type === 'image/jpeg' ? type : 'image/webp');

/** Draws a picture at a size. An element shows it upright, as its EXIF orientation says. */
async function drawSmaller(image: HTMLImageElement, { width, height }: Size, type: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context) {
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, width, height);
  }
  return await canvas.convertToBlob({ type, quality: 0.95 });
}

const scaled = ({ width, height }: Size, scale: number): Size => ({
  width: Math.max(1, Math.floor(width * scale)),
  height: Math.max(1, Math.floor(height * scale)),
});

/** Why a copy was made, and how large it is. */
function noteOf(blob: Blob, from: Size, to: Size): string {
  const pixels = from.width * from.height;
  const [limit, given] =
    pixels > megapixels * 1e6
      ? [`${megapixels} megapixels`, `${Math.round(pixels / 1e6)} megapixels`]
      : [bytesText(maxBytes), bytesText(blob.size)];
  return `This service takes ${limit} here; your browser made a copy of ${sizeText(to.width, to.height)} from your ${given}.`;
}

/** A copy that the service takes, made by the browser: smaller until its pixels and its bytes are in the limits. */
export async function shrink(
  blob: Blob,
  from: Size,
): Promise<Size & { readonly blob: Blob; readonly note: string }> {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode();
  const type = typeFor(blob.type);
  let size = scaled(from, Math.min(1, Math.sqrt((megapixels * 1e6) / (from.width * from.height))));
  let made = await drawSmaller(image, size, type);
  while (made.size > maxBytes && size.width * size.height > 1) {
    size = scaled(size, 0.9 * Math.sqrt(maxBytes / made.size));
    made = await drawSmaller(image, size, type);
  }
  URL.revokeObjectURL(image.src);
  return { ...size, blob: made, note: noteOf(blob, from, size) };
}
