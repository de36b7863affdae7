import { Problem } from '../common/problem.ts';
import type { Canvas, Layer } from './render.ts';
import { sharp } from './sharp.ts';
import type { ImageOverlay, Overlay } from './transform.ts';

async function drawImage(overlay: ImageOverlay, canvas: Canvas): Promise<Layer> {
  if (overlay.bytes === undefined) throw new Problem('invalid_param', 'watermark image was not fetched');
  const width = Math.max(1, canvas.width - overlay.left);
  const height = Math.max(1, canvas.height - overlay.top);
  const input = await sharp(overlay.bytes)
    .resize({ width, height, fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 0 })
    .toBuffer();
  return { input, left: overlay.left, top: overlay.top };
}

/** An overlay as a layer to composite. */
export async function drawOverlay(overlay: Overlay, canvas: Canvas): Promise<Layer> {
  if (overlay.kind === 'image') return await drawImage(overlay, canvas);
  throw new Problem('invalid_param', 'text watermarks are drawn elsewhere');
}
