import { Problem } from '../../../common/problem.ts';
import type { CodecPool } from '../../codec_worker/pool.ts';
import { isFlat, type Pixels, toRgba } from '../../native/raw_pixels.ts';
import { type Sharp, sharp } from '../../native/sharp.ts';
import type { Size } from '../../transform/geometry.ts';
import type { Encoded } from '../format.ts';
import { isInstalled, needs } from '../installed.ts';

/** Options of VTracer by kind of picture. */
const common = {
  colorMode: 0,
  hierarchical: 0,
  mode: 2,
  cornerThreshold: 60,
  lengthThreshold: 4,
  maxIterations: 10,
  spliceThreshold: 45,
  pathPrecision: 2,
};
const presets = {
  logo: { ...common, filterSpeckle: 2, colorPrecision: 8, layerDifference: 5 },
  lineart: { ...common, colorMode: 1, filterSpeckle: 4, colorPrecision: 6, layerDifference: 16 },
  photo: { ...common, filterSpeckle: 6, colorPrecision: 6, layerDifference: 24, pathPrecision: 1 },
} as const;
export type Preset = keyof typeof presets;
export const isPreset = (word: string): word is Preset => word in presets;

/** Larger pictures take seconds to trace, and the file would be too large for viewers. */
const maxTracedPixels = 4_000_000;

/** A larger photograph has too much detail for shapes: it is traced at a smaller size and shown at its own size. */
const maxPhotoPixels = 500_000;

async function shrinkPhoto(pixels: Pixels): Promise<Pixels> {
  const scale = Math.sqrt(maxPhotoPixels / (pixels.width * pixels.height));
  if (scale >= 1) return pixels;
  const raw = { width: pixels.width, height: pixels.height, channels: 4 as const };
  const width = Math.max(1, Math.round(pixels.width * scale));
  return await toRgba(sharp(pixels.data, { raw, limitInputPixels: false }).resize({ width }));
}

/** Adds a viewBox, without which a drawing does not scale, and drops the declaration and comment of VTracer. */
function makeScalable(svg: string, { width, height }: Size, drawn: Size): string {
  const box = `viewBox="0 0 ${drawn.width} ${drawn.height}" preserveAspectRatio="none"`;
  const root = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ${box}>`;
  return `${svg
    .slice(Math.max(0, svg.indexOf('<svg')))
    .replace(/<svg [^>]*>/, root)
    .trimEnd()}\n`;
}

/** Traces the picture as shapes. @throws Problem `unsupported_output` without the tracer, `too_many_pixels`. */
export async function tracePixels(pixels: Pixels, preset: Preset, codecs: CodecPool): Promise<Encoded> {
  const { width, height } = pixels;
  needs('vectorizer', 'writing traced SVG');
  if (width * height > maxTracedPixels)
    throw new Problem('too_many_pixels', `${width}x${height} is too large to trace: at most 4 megapixels`);
  const { data, ...drawn } = preset === 'photo' ? await shrinkPhoto(pixels) : pixels;
  const details = { ...drawn, config: presets[preset] };
  const { data: svg } = await codecs.run({ task: 'svg.trace', details, data });
  return {
    data: Buffer.from(makeScalable(svg.toString(), pixels, drawn)),
    width,
    height,
    pages: 1,
    mode: 'trace',
  };
}

/** Allowed difference of a tracing, of 255: the mean of all pixels, and the share of pixels that differ clearly. */
const closeness = { mean: 3, far: 32, farShare: 0.03 };

/** Enough pixels to compare, and few enough not to block the event loop for long. */
const comparedSide = 640;

async function isClose(whole: Pixels, svg: Buffer): Promise<boolean> {
  const raw = { width: whole.width, height: whole.height, channels: 4 as const };
  const box = { width: comparedSide, height: comparedSide, fit: 'inside', withoutEnlargement: true } as const;
  const original = await toRgba(sharp(whole.data, { raw }).resize(box));
  const { width, height } = original;
  const again = await toRgba(sharp(svg).resize({ width, height, fit: 'fill' }));
  let sum = 0;
  let far = 0;
  for (let at = 0; at < original.data.length; at += 4) {
    const difference = pixelDifference(original.data, again.data, at);
    sum += difference;
    if (difference > closeness.far) far += 1;
  }
  const count = width * height;
  return sum <= closeness.mean * count && far <= closeness.farShare * count;
}

/** The largest difference of a channel. Colours are weighted by opacity, so that invisible colours do not count. */
function pixelDifference(a: Buffer, b: Buffer, at: number): number {
  const alphaA = a[at + 3] ?? 0;
  const alphaB = b[at + 3] ?? 0;
  let most = Math.abs(alphaA - alphaB);
  for (let channel = at; channel < at + 3; channel += 1)
    most = Math.max(most, Math.abs((a[channel] ?? 0) * alphaA - (b[channel] ?? 0) * alphaB) / 255);
  return most;
}

/** Traces flat artwork. Undefined for other pictures, and if the tracing differs too much or exceeds `maxBytes`. */
export async function traceIfGood(
  image: Sharp,
  maxBytes: number,
  codecs: CodecPool,
): Promise<Encoded | undefined> {
  if (!isInstalled('vectorizer')) return undefined;
  const pixels = await toRgba(image);
  if (pixels.width * pixels.height > maxTracedPixels || !isFlat(pixels)) return undefined;
  const made = await tracePixels(pixels, 'logo', codecs).catch(ignoreUntraceable);
  return made && made.data.length <= maxBytes && (await isClose(pixels, made.data)) ? made : undefined;
}

/** The tracer fails on some pictures, such as an empty one. Those are embedded instead. */
function ignoreUntraceable(error: unknown): undefined {
  if (!(error instanceof Problem && error.code === 'unprocessable')) throw error;
}
