import { boxesOf } from '../metadata/blocks/boxes.ts';
import { type FrameCount, framesToRead } from '../transform/frame_limits.ts';
import type { Format } from './format.ts';
import { needs } from './installed.ts';

/** The first box at the end of a path of types. */
function boxAt(bytes: Buffer, [type, ...rest]: readonly string[]): Buffer | undefined {
  if (type === undefined) return bytes;
  const body = [...boxesOf(bytes)].find((box) => box.type === type)?.body;
  return body && boxAt(body, rest);
}

/** The first track of an animated AVIF or HEIF (ISO/IEC 14496-12): size in 16.16 at the end of `tkhd`. */
function sequenceOf(file: Buffer): FrameCount | undefined {
  const track = boxAt(file, ['moov', 'trak']);
  const header = track && boxAt(track, ['tkhd']);
  const sizes = track && boxAt(track, ['mdia', 'minf', 'stbl', 'stsz']);
  if (header === undefined || header.length < 84 || sizes === undefined || sizes.length < 12)
    return undefined;
  const [width, height] = [8, 4].map((fromEnd) => header.readUInt32BE(header.length - fromEnd) / 65_536);
  return { width: width ?? 0, height: height ?? 0, frames: Math.max(1, sizes.readUInt32BE(8)) };
}

type Decode = NonNullable<Format['decode']>;

/** Decodes an animated AVIF or HEIF to pages of a TIFF; undefined for a still picture. */
export async function decodeSequence(
  ...[input, options, codecs]: Parameters<Decode>
): Promise<Awaited<ReturnType<Decode>> | undefined> {
  const sequence = sequenceOf(input);
  if (sequence === undefined) return undefined;
  needs('magick', 'reading animated AVIF and HEIF');
  const { count, framesRead } = framesToRead(sequence, options);
  const details = { coder: 'HEIC', frames: count, maxPixels: options.maxPixels };
  const { data, details: made } = await codecs.run({ task: 'magick.frames', details, data: input });
  const delay = (made.delay as readonly unknown[]).map(Number);
  // A header may promise more frames than there are.
  const isShort = delay.length < count;
  const pages = isShort ? delay.length : sequence.frames;
  return { bytes: data, pages, framesRead: Math.min(framesRead, delay.length), delay, loop: 0 };
}
