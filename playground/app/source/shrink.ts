import { data } from '../state/page_data.ts';
import type { Size } from './shown.ts';

const { megapixels, bytes: maxBytes } = data.limits;

export const isTooLarge = (blob: Blob, { width, height }: Size): boolean =>
  width * height > megapixels * 1e6 || blob.size > maxBytes;

/** JPEG has no transparency. */
const typeFor = (type: string): string => (type === 'image/jpeg' ? type : 'image/png');

/** Draws a picture at a size. An element shows it upright, as its EXIF orientation says. */
async function drawSmaller(blob: Blob, { width, height }: Size): Promise<Blob> {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode();
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context) {
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, width, height);
  }
  URL.revokeObjectURL(image.src);
  return await canvas.convertToBlob({ type: typeFor(blob.type), quality: 0.95 });
}

/** A copy that the service takes, made by the browser. */
export async function shrink(
  blob: Blob,
  { width, height }: Size,
): Promise<Size & { readonly blob: Blob; readonly note: string }> {
  const most = Math.min(megapixels * 1e6, maxBytes / 1.5);
  const scale = Math.min(1, Math.sqrt(most / (width * height)));
  const size = { width: Math.floor(width * scale), height: Math.floor(height * scale) };
  const made = await drawSmaller(blob, size);
  const told = `${Math.round((width * height) / 1e6)} megapixels`;
  return {
    ...size,
    blob: made,
    note: `This service takes ${megapixels} megapixels here; your browser made a copy of ${size.width} × ${size.height} from your ${told}.`,
  };
}
