import type { IMagickImage, MagickFormat } from '@imagemagick/magick-wasm';
import { Problem } from '../../common/problem.ts';
import { completeSamples, type Samples, type Traits } from '../formats/heif/traits.ts';
import { magickPolicy } from '../formats/magick/policy.ts';
import { rewriteForMagick } from '../formats/rewrites/index.ts';
import { checkPixels } from '../formats/rewrites/rewrite.ts';
import { plainTiff } from '../formats/tiff/plain.ts';
import { plainReason } from '../native/plain_reason.ts';
import { createCleanCodec } from './clean_codec.ts';
import type { Message } from './message.ts';
import { type CodecTask, isTrap } from './task.ts';
import { compileWasm } from './wasm.ts';

// Imported here, because a bundle with a static import would load it for every task.
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
configuration.policy.data = magickPolicy;

/** The only instance of the package, which starts another one when this is undefined. */
const held = ImageMagick as unknown as { _api: { readonly HEAPU8: Uint8Array } | undefined };

const library = createCleanCodec({
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

function settingsFor(details: Message['details']) {
  const settings = new MagickReadSettings({
    format: String(details.coder) as MagickFormat,
    // Layers of PSD are composed on a clear background. In other formats that would make opaque pictures clear.
    ...(details.coder === 'PSD' ? { backgroundColor: MagickColors.None } : {}),
    ...(details.extract === undefined ? {} : { extractArea: new MagickGeometry(String(details.extract)) }),
    ...(details.frame === undefined ? {} : { frameIndex: Number(details.frame), frameCount: 1 }),
  });
  if (details.reduce !== undefined) settings.setDefine('jp2:reduce-factor', String(details.reduce));
  return settings;
}

/** Colour spaces that TIFF can hold; pictures in others (linear light, Lab) are converted to sRGB. */
const tiffSpaces: readonly number[] = [ColorSpace.sRGB, ColorSpace.Gray, ColorSpace.CMYK];

/** The transfer curve of sRGB (IEC 61966-2-1), by linear value. */
const curve = Uint8Array.from({ length: 256 }, (_, index) => {
  const light = index / 255;
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
});

/** Changes the samples of a picture, in place. */
function changeSamples(image: IMagickImage, change: (samples: Samples) => void): void {
  image.getPixels((pixels) => {
    const samples = pixels.getArea(0, 0, image.width, image.height);
    change({ samples, channels: image.channelCount });
    pixels.setArea(0, 0, image.width, image.height, samples);
  });
}

/** Changes each colour sample, in place. */
const mapColours = (image: IMagickImage, change: (value: number) => number): void =>
  changeSamples(image, ({ samples, channels }) => {
    const colours = channels < 3 ? 1 : 3;
    for (let at = 0; at < samples.length; at += channels)
      for (let channel = at; channel < at + colours; channel += 1)
        samples[channel] = change(samples[channel] ?? 0);
  });

const cmyk = 5;

/** A picture whose four channels are inks, as a TIFF that says so. */
function inkTiff(image: IMagickImage): Buffer {
  const { width, height } = image;
  const samples = image.getPixels((pixels) => Buffer.from(pixels.getArea(0, 0, width, height)));
  const profile = image.getColorProfile();
  return plainTiff(samples, {
    ...{ width, height, bits: 8, channels: 4, photometric: cmyk, orientation: 1 },
    ...(profile ? { profile: Buffer.from(profile.data) } : {}),
  });
}

const corrupt = (cause: unknown): Error =>
  cause instanceof Problem || isTrap(cause)
    ? cause
    : new Problem('corrupt_image', `Cannot decode image: ${plainReason(cause)}`);

/** The index of the picture with the largest area. */
function largest(images: readonly { width: number; height: number }[]): number {
  const areas = images.map(({ width, height }) => width * height);
  return areas.indexOf(Math.max(...areas));
}

function readAs({ details, data }: Message): Message {
  const maxPixels = Number(details.maxPixels);
  return MagickImageCollection.use((headers) => {
    headers.ping(data, settingsFor(details));
    const pages = headers.length;
    const page = details.pick === 'largest' && !details.page ? largest(headers) : Number(details.page ?? 0);
    const frame = Math.min(page, pages - 1);
    const header = headers[frame];
    if (header) checkPixels(header.width, header.height, maxPixels);
    const settings = settingsFor(pages > 1 ? { ...details, frame } : details);
    return ImageMagick.read(data, settings, (image) => {
      checkPixels(image.width, image.height, maxPixels);
      // ImageMagick takes linear light for sRGB, and signed samples for unsigned ones.
      if (details.linear) mapColours(image, (light) => curve[light] ?? 0);
      if (details.offset) mapColours(image, (value) => (value + 128) % 256);
      if (details.negate) mapColours(image, (value) => 255 - value);
      const traits = details.traits as Traits | undefined;
      if (traits?.isPremultiplied || traits?.isNarrowGrey)
        changeSamples(image, (samples) => completeSamples(samples, traits));
      const { whole } = details;
      if (details.inks && image.channelCount === 4)
        return { details: { pages, whole }, data: inkTiff(image) };
      if (!tiffSpaces.includes(image.colorSpace)) image.colorSpace = ColorSpace.sRGB;
      // Some coders say 32 bits for samples of 8, and TIFF would then hold floats.
      image.depth = 8;
      image.settings.compression = CompressionMethod.NoCompression;
      return image.write('TIFF', (tiff) => ({ details: { pages, whole }, data: Buffer.from(tiff) }));
    });
  });
}

function readPicture({ details, data }: Message): Message {
  const { maxPixels, leastSide } = details;
  const amount = {
    maxPixels: Number(maxPixels),
    ...(leastSide === undefined ? {} : { leastSide: Number(leastSide) }),
  };
  const { data: readable, ...changes } = rewriteForMagick(String(details.coder), data, amount);
  const request = { details: { ...details, ...changes }, data: readable };
  try {
    return readAs(request);
  } catch (error) {
    if (changes.reduce === undefined || isTrap(error)) throw error;
    // Some tile has fewer smaller copies than the header of the file says.
    return readPicture({ details: { ...details, leastSide: undefined }, data });
  }
}

/** The first frames of a sequence as pages of a TIFF. */
function readSequence({ details, data }: Message): Message {
  const [frames, maxPixels] = [Number(details.frames), Number(details.maxPixels)];
  const settings = (frameCount: number) =>
    new MagickReadSettings({ format: String(details.coder) as MagickFormat, frameIndex: 0, frameCount });
  // The header may lie. The first frame shows the real size before all frames are in memory.
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
    return images.write('TIFF', (tiff) => ({ details: { delay }, data: Buffer.from(tiff) }));
  });
}

/** A task that reads a file. @throws Problem that says why the file cannot be decoded. */
const readTask =
  (work: (request: Message) => Message): CodecTask =>
  async (request) => {
    try {
      return await library.use(() => work(request));
    } catch (error) {
      throw corrupt(error);
    }
  };

/** Reads the first frames of a sequence. `details`: coder, frames, maxPixels. Answers with `delay` in milliseconds. */
export const frames = readTask(readSequence);

/** Converts any allowed format to an uncompressed TIFF with its profile. `details`: coder, page, maxPixels, pick, linear, offset, negate. */
export const read = readTask(readPicture);

function writePicture({ details, data }: Message): Message {
  const image = MagickImage.create(data, new MagickReadSettings({ format: 'TIFF' }));
  try {
    if (details.quality !== undefined) image.quality = Number(details.quality);
    for (const [name, value] of Object.entries((details.defines ?? {}) as Record<string, string>))
      image.settings.setDefine(name, value);
    if (details.linear) image.colorSpace = ColorSpace.RGB;
    return image.write(String(details.coder) as MagickFormat, (bytes) => ({
      details: {},
      data: Buffer.from(bytes),
    }));
  } finally {
    image.dispose();
  }
}

/** Converts an uncompressed TIFF to any allowed format. `details`: coder, quality, defines, linear. */
export const write: CodecTask = async (request) => await library.use(() => writePicture(request));

/** Starts the library and does nothing. */
export const warm: CodecTask = async () => await library.use(() => ({ details: {}, data: Buffer.alloc(0) }));
