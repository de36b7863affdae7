import { asProblem, Problem } from '../common/problem.ts';
import { inspect } from './inspect.ts';
import type { Isolate } from './isolate.ts';
import type { ConvertOptions } from './options.ts';
import { checkInput } from './pixel_limits.ts';
import type { Canvas, Layer } from './render.ts';
import { sharp } from './sharp.ts';
import { rasterize } from './svg_rasterize.ts';
import { drawText } from './text.ts';
import type { ImageOverlay, Overlay, Transform } from './transform.ts';

/** Only the first page of a watermark is used. */
const firstPage = { damaged: 'read', pages: 1 } as const;

/** A watermark that is a drawing is drawn in the slot of its picture, which others wait for. */
function briefly({ isolate, limits }: ConvertOptions): Isolate {
  const ms = (limits.CONVERSION_SECONDS * 1000) / 6;
  return { ...isolate, run: (errand) => isolate.run({ ...errand, signal: AbortSignal.timeout(ms) }) };
}

/** The picture of a watermark as bytes that sharp reads, in the words of Imaginary where it is none. */
async function picture(url: string, options: ConvertOptions): Promise<Buffer> {
  const fetched = await options.fetchImage(url);
  try {
    const brief = { ...options, isolate: briefly(options) };
    const source = await inspect(fetched, firstPage, brief);
    checkInput(source, 1, options.limits);
    return (await rasterize(source, [], brief)).bytes;
  } catch (cause) {
    const words = inImaginarysWords[asProblem(cause).code];
    throw words ? new Problem('invalid_param', words, { cause }) : cause;
  }
}

const inImaginarysWords: Readonly<Record<string, string>> = {
  missing_image: 'Unable to read watermark image',
  unsupported_input: 'Unsupported image format',
  corrupt_image: 'Unsupported image format',
};

/** Fetches the pictures that a transform names. */
export const withPictures =
  (options: ConvertOptions) =>
  async (transform: Transform): Promise<Transform> => {
    if (!transform.overlays?.some(({ kind }) => kind === 'image')) return transform;
    const overlays = transform.overlays.map(async (overlay) =>
      overlay.kind === 'image' ? { ...overlay, bytes: await picture(overlay.url, options) } : overlay,
    );
    return { ...transform, overlays: await Promise.all(overlays) };
  };

/** The part of a picture that lies on the canvas, as pixels with alpha. */
async function drawImage(overlay: ImageOverlay, canvas: Canvas): Promise<Layer | undefined> {
  const { bytes, left, top, opacity } = overlay;
  if (bytes === undefined) throw new Problem('invalid_param', 'Unable to read watermark image');
  const [maxWidth, maxHeight] = [canvas.width - left, canvas.height - top];
  if (maxWidth < 1 || maxHeight < 1) return undefined;
  const image = sharp(bytes, { failOn: 'none', limitInputPixels: false, autoOrient: true });
  const { autoOrient: size } = await image.metadata();
  const box = {
    left: 0,
    top: 0,
    width: Math.min(size.width, maxWidth),
    height: Math.min(size.height, maxHeight),
  };
  const { data, info } = await image
    .extract(box)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    input: faded(data, opacity),
    raw: { width: info.width, height: info.height, channels: 4 },
    left,
    top,
  };
}

/** RGBA pixels with their alpha multiplied. */
function faded(pixels: Buffer, opacity: number): Buffer {
  if (opacity < 1) {
    for (let at = 3; at < pixels.length; at += 4) pixels[at] = Math.round((pixels[at] ?? 0) * opacity);
  }
  return pixels;
}

/** An overlay as a layer to composite; nothing where it lies beyond the canvas. */
export async function drawOverlay(overlay: Overlay, canvas: Canvas): Promise<Layer | undefined> {
  return overlay.kind === 'image' ? await drawImage(overlay, canvas) : await drawText(overlay, canvas);
}
