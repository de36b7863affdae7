import type { IMagickImage, MagickFormat } from '@imagemagick/magick-wasm';
import { Problem } from '../../common/problem.ts';
import { policy } from '../formats/magick/policy.ts';
import { rewriteForMagick } from '../formats/rewrites/index.ts';
import { checkPixels } from '../formats/rewrites/rewrite.ts';
import { plainReason } from '../native/plain_reason.ts';
import type { Frame } from './frame.ts';
import { createFresh } from './fresh.ts';
import type { Task } from './task.ts';
import { isTrap } from './trap.ts';
import { compileWasm } from './wasm.ts';

// Not imported: the bundle would then need it for every task.
const {
  ColorSpace,
  CompressionMethod,
  ConfigurationFiles,
  ImageMagick,
  initializeImageMagick,
  MagickColors,
  MagickGeometry,
  MagickImage,
  MagickImageCollection,
  MagickReadSettings,
  ResourceLimits,
} = await import('@imagemagick/magick-wasm');

const compiled = await compileWasm('@imagemagick/magick-wasm/magick.wasm');
const configuration = ConfigurationFiles.default;
configuration.policy.data = policy;

/** The instance that the package holds: it starts one, and none while it holds one. */
const held = ImageMagick as unknown as { _api: { readonly HEAPU8: Uint8Array } | undefined };

const library = createFresh({
  start: async () => {
    await initializeImageMagick(compiled, configuration);
    ResourceLimits.disk = 0n;
    ResourceLimits.listLength = 256n;
    if (held._api === undefined) throw new Error('ImageMagick did not start');
    return held._api;
  },
  memory: ({ HEAPU8 }) => HEAPU8,
  drop: () => {
    held._api = undefined;
  },
});

const settingsFor = (facts: Frame['facts']) =>
  new MagickReadSettings({
    format: String(facts.coder) as MagickFormat,
    // Layers are laid on nothing, not on white. Elsewhere a clear background would make clear what has no opacity.
    ...(facts.coder === 'PSD' ? { backgroundColor: MagickColors.None } : {}),
    ...(facts.extract === undefined ? {} : { extractArea: new MagickGeometry(String(facts.extract)) }),
    ...(facts.frame === undefined ? {} : { frameIndex: Number(facts.frame), frameCount: 1 }),
  });

/** What a TIFF can say of its colours; the rest (linear light, Lab) is converted here. */
const sayable: readonly number[] = [ColorSpace.sRGB, ColorSpace.Gray, ColorSpace.CMYK];

/** sRGB's curve (IEC 61966-2-1) by linear value. */
const curve = Uint8Array.from({ length: 256 }, (_, index) => {
  const light = index / 255;
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
});

/** Changes each sample of the colours. */
function mapColours(image: IMagickImage, change: (value: number) => number): void {
  image.getPixels((pixels) => {
    const area = pixels.getArea(0, 0, image.width, image.height);
    const colours = Math.min(3, image.channelCount);
    for (let at = 0; at < area.length; at += image.channelCount)
      for (let channel = at; channel < at + colours; channel += 1) area[channel] = change(area[channel] ?? 0);
    pixels.setArea(0, 0, image.width, image.height, area);
  });
}

const corrupt = (cause: unknown): Error =>
  cause instanceof Problem || isTrap(cause)
    ? cause
    : new Problem('corrupt_image', `Cannot decode image: ${plainReason(cause)}`);

/** Which picture of several: the one asked for, else the largest of an icon, else the first. */
function largest(images: readonly { width: number; height: number }[]): number {
  const areas = images.map(({ width, height }) => width * height);
  return areas.indexOf(Math.max(...areas));
}

function readPicture(request: Frame): Frame {
  const maxPixels = Number(request.facts.maxPixels);
  const { data, ...told } = rewriteForMagick(String(request.facts.coder), request.data, maxPixels);
  const facts: Frame['facts'] = { ...request.facts, ...told };
  return MagickImageCollection.use((headers) => {
    headers.ping(data, settingsFor(facts));
    const pages = headers.length;
    const page = facts.pick === 'largest' && !facts.page ? largest(headers) : Number(facts.page ?? 0);
    const frame = Math.min(page, pages - 1);
    const header = headers[frame];
    if (header) checkPixels(header.width, header.height, maxPixels);
    const settings = settingsFor(pages > 1 ? { ...facts, frame } : facts);
    return ImageMagick.read(data, settings, (image) => {
      checkPixels(image.width, image.height, maxPixels);
      // Linear light that ImageMagick took for sRGB, and signed samples that it took for unsigned ones.
      if (facts.linear) mapColours(image, (light) => curve[light] ?? 0);
      if (facts.offset) mapColours(image, (value) => (value + 128) % 256);
      if (!sayable.includes(image.colorSpace)) image.colorSpace = ColorSpace.sRGB;
      // Some coders say 32 of eight-bit samples, and TIFF would hold floats.
      image.depth = 8;
      image.settings.compression = CompressionMethod.NoCompression;
      return image.write('TIFF', (tiff) => ({ facts: { pages }, data: Buffer.from(tiff) }));
    });
  });
}

/** The first frames of a sequence as pages of a TIFF. */
function readSequence({ facts, data }: Frame): Frame {
  const [frames, maxPixels] = [Number(facts.frames), Number(facts.maxPixels)];
  const settings = (frameCount: number) =>
    new MagickReadSettings({ format: String(facts.coder) as MagickFormat, frameIndex: 0, frameCount });
  // What the header says may be false: the first frame tells how large they are before all of them are held.
  ImageMagick.read(data, settings(1), ({ width, height }) => checkPixels(width, height * frames, maxPixels));
  ResourceLimits.listLength = BigInt(frames + 1);
  return MagickImageCollection.use((images) => {
    images.read(data, settings(frames));
    for (const image of images) {
      image.depth = 8;
      image.settings.compression = CompressionMethod.NoCompression;
    }
    const delay = Array.from(images, ({ animationDelay, animationTicksPerSecond }) =>
      Math.round((1000 * animationDelay) / animationTicksPerSecond),
    );
    return images.write('TIFF', (tiff) => ({ facts: { delay }, data: Buffer.from(tiff) }));
  });
}

/** Runs work on a file. @throws Problem that says why it cannot be decoded. */
const reading =
  (work: (request: Frame) => Frame): Task =>
  async (request) => {
    try {
      return await library.use(() => work(request));
    } catch (error) {
      throw corrupt(error);
    }
  };

/** `facts`: coder, frames, maxPixels. Answers the frames' delays, in milliseconds. */
export const frames = reading(readSequence);

/** Any allowed format to an uncompressed TIFF, with its colour profile. `facts`: coder, page, maxPixels, pick, linear, offset. */
export const read = reading(readPicture);

function writePicture({ facts, data }: Frame): Frame {
  const image = MagickImage.create(data, new MagickReadSettings({ format: 'TIFF' }));
  try {
    if (facts.quality !== undefined) image.quality = Number(facts.quality);
    for (const [name, value] of Object.entries((facts.defines ?? {}) as Record<string, string>))
      image.settings.setDefine(name, value);
    if (facts.linear) image.colorSpace = ColorSpace.RGB;
    return image.write(String(facts.coder) as MagickFormat, (bytes) => ({
      facts: {},
      data: Buffer.from(bytes),
    }));
  } finally {
    image.dispose();
  }
}

/** An uncompressed TIFF to any allowed format. `facts`: coder, quality, defines, linear. */
export const write: Task = async (request) => await library.use(() => writePicture(request));
