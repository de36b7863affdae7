import { freeChunk } from '../../common/streams/free_chunk.ts';
import type { Decode } from '../conversion.ts';
import { readOptions, type Source } from '../header/inspect.ts';
import { sharp } from '../native/sharp.ts';

/** Pixels that are decoded once are at most this large. */
const maxBytes = 16 * 1024 * 1024;

/** Whether pixels and density are all that a conversion needs of a file. */
function isPlain({ format, raw, depth, space, channels, hasProfile, ...size }: Source): boolean {
  if (format.name !== 'png' || raw !== undefined || depth !== 'uchar' || space !== 'srgb' || hasProfile)
    return false;
  return size.pages === 1 && size.width * size.height * channels <= maxBytes;
}

/** Pixels an inch, from the chunk pHYs (PNG, 11.3.4.3): 0 where there is none, undefined where it is unusual. */
function densityOf(file: Buffer): number | undefined {
  const at = file.subarray(0, file.indexOf('IDAT')).indexOf('pHYs');
  if (at === -1) return 0;
  const [across, down] = [file.readUInt32BE(at + 4), file.readUInt32BE(at + 8)];
  return across === down && file[at + 12] === 1 ? across * 0.0254 : undefined;
}

/** They live as long as the bytes of their file, or until `freeFile`. */
const decoded = new WeakMap<Buffer, Promise<Pick<Source, 'bytes' | 'raw' | 'density'>>>();

async function decode(
  source: Source,
  how: Pick<Decode, 'damaged'>,
): Promise<Pick<Source, 'bytes' | 'raw' | 'density'>> {
  const image = sharp(source.bytes, readOptions(how));
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const density = densityOf(source.bytes);
  if ((channels !== 3 && channels !== 4) || density === undefined) return source;
  return { bytes: data, raw: { width, height, channels }, density };
}

/**
 * The source with its pixels instead of its file, where that changes no output: several conversions of one file decode
 * it once. Other sources, which may be decoded smaller, are returned unchanged.
 */
export async function decodeOnce(source: Source, how: Pick<Decode, 'damaged'>): Promise<Source> {
  if (!isPlain(source)) return source;
  const pixels = decoded.get(source.bytes) ?? decode(source, how);
  decoded.set(source.bytes, pixels);
  return { ...source, ...(await pixels) };
}

/**
 * Frees the bytes of a file, and its pixels if it was decoded once. V8 would keep both until it collects the whole heap.
 * Call it when every conversion of the file has succeeded: one that was cut off may still read them.
 */
export async function freeFile(file: Buffer): Promise<void> {
  // Where decoding failed there are no pixels.
  const pixels = await decoded.get(file)?.catch(() => undefined);
  if (pixels) freeChunk(pixels.bytes);
  freeChunk(file);
}
