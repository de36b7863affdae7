import { isProblem, Problem } from '../../common/problem.ts';
import type { CodecPool } from '../codec_worker/pool.ts';
import { firstPage } from '../conversion.ts';
import type { ImageOverlay, Overlay } from '../effects/overlays.ts';
import { inspect } from '../header/inspect.ts';
import { inSrgb, sharp } from '../native/sharp.ts';
import type { ConvertOptions } from '../options.ts';
import { rasterize } from '../svg/index.ts';
import { checkInput } from '../transform/pixel_limits.ts';
import type { Transform } from '../transform/transform.ts';
import type { Layer } from './layer.ts';
import type { Canvas } from './render.ts';
import { type RgbSpace, readRgbSpace, recolour, srgb } from './rgb_space.ts';
import { drawText } from './watermark_text.ts';

/** Allows a drawing that is a watermark less time: it takes up the slot of its picture, for which others wait. */
function limitTime({ codecs, limits }: ConvertOptions): CodecPool {
  const ms = (limits.CONVERSION_SECONDS * 1000) / 6;
  return { ...codecs, run: (request) => codecs.run({ ...request, signal: AbortSignal.timeout(ms) }) };
}

/** Loads the picture of a watermark as bytes that sharp reads. */
async function loadPicture(url: string, options: ConvertOptions): Promise<Buffer> {
  const fetched = await options.fetchImage(url);
  try {
    const brief = { ...options, codecs: limitTime(options) };
    const source = await inspect(fetched, firstPage, brief);
    checkInput(source, 1, options.limits);
    const { bytes: pixels, raw } = await rasterize(source, [], brief);
    return raw ? await sharp(pixels, { raw }).png({ compressionLevel: 0 }).toBuffer() : pixels;
  } catch (cause) {
    throw watermarkProblem(cause);
  }
}

/** The failure of a watermark picture, which is not that of the input. Other failures stay as they are. */
function watermarkProblem(cause: unknown): unknown {
  if (isProblem(cause, 'missing_image')) {
    return new Problem('invalid_param', 'image: the watermark picture is empty', {
      cause,
      reason: 'watermark_empty',
    });
  }
  if (!isProblem(cause, 'unsupported_input', 'corrupt_image')) return cause;
  return new Problem('invalid_param', `image: the watermark picture cannot be read: ${cause.message}`, {
    cause,
    reason: 'watermark_unreadable',
  });
}

/** Loads the pictures that a transform names. */
export const loadPictures =
  (options: ConvertOptions) =>
  async (transform: Transform): Promise<Transform> => {
    if (!transform.overlays?.some(({ kind }) => kind === 'image')) return transform;
    const overlays = transform.overlays.map(async (overlay) =>
      overlay.kind === 'image' ? { ...overlay, bytes: await loadPicture(overlay.url, options) } : overlay,
    );
    return { ...transform, overlays: await Promise.all(overlays) };
  };

/** Opens a watermark picture as RGBA, with the space of its colours where sharp has not converted them to sRGB. */
async function openPicture(bytes: Buffer, wanted: RgbSpace | undefined) {
  const options = { failOn: 'none', limitInputPixels: false, autoOrient: true } as const;
  const { autoOrient: size, space, icc } = await sharp(bytes, options).metadata();
  const own = wanted && icc && ['srgb', 'rgb16'].includes(space) ? readRgbSpace(icc) : undefined;
  const image = sharp(bytes, { ...options, ignoreIcc: own !== undefined });
  const converted = icc && space === 'rgb16' && !own ? inSrgb(image) : image;
  return { image: converted.toColourspace('srgb').ensureAlpha(), size, own };
}

/** Takes RGBA pixels from one space to another, in place. */
function recolourPixels(pixels: Buffer, from: RgbSpace, to: RgbSpace): Buffer {
  const change = recolour(from, to);
  for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3]) change(pixels, at);
  return pixels;
}

/** Draws the part of a picture that is on the canvas, in the space of the canvas. */
async function drawImage(
  overlay: ImageOverlay,
  canvas: Canvas,
  space: RgbSpace | undefined,
): Promise<Layer | undefined> {
  const { bytes, left, top, opacity } = overlay;
  if (bytes === undefined) throw new Problem('internal', 'image: the watermark picture was not loaded');
  const [maxWidth, maxHeight] = [canvas.width - left, canvas.height - top];
  if (maxWidth < 1 || maxHeight < 1) return undefined;
  const { image, size, own = srgb } = await openPicture(bytes, space);
  const [width, height] = [Math.min(size.width, maxWidth), Math.min(size.height, maxHeight)];
  const box = { left: 0, top: 0, width, height };
  const data = await image.extract(box).raw().toBuffer();
  const pixels = space ? recolourPixels(data, own, space) : data;
  return { input: fade(pixels, opacity), raw: { width, height, channels: 4 }, left, top };
}

/** Multiplies the alpha of RGBA pixels, in place. */
function fade(pixels: Buffer, opacity: number): Buffer {
  if (opacity < 1) {
    for (let at = 3; at < pixels.length; at += 4) pixels[at] = Math.round((pixels[at] ?? 0) * opacity);
  }
  return pixels;
}

/** Draws an overlay as a layer, with its colours in `space`; undefined where it is outside the canvas. */
export async function drawOverlay(
  overlay: Overlay,
  canvas: Canvas,
  space?: RgbSpace,
): Promise<Layer | undefined> {
  return overlay.kind === 'image' ? await drawImage(overlay, canvas, space) : await drawText(overlay, canvas);
}
