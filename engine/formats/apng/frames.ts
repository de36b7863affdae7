import { Problem } from '../../../common/problem.ts';
import { chunksOf, type PngChunk, pngOf } from './chunks.ts';

/** What a frame does to the canvas (APNG, fcTL). */
export interface ApngFrame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly delayMs: number;
  /** What happens after the frame was shown: 0 it stays, 1 it is cleared, 2 the previous canvas returns. */
  readonly dispose: number;
  /** Whether the frame is composited over the canvas, or replaces it. */
  readonly over: boolean;
  /** Makes a PNG of the frame. It is made on demand, because each copy has the shared chunks. */
  readonly png: () => Buffer;
}
export interface Animation {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly ApngFrame[];
  readonly plays: number;
  /** EXIF, which describes all frames (PNG, 11.3.3.2). */
  readonly exif?: Buffer;
}

/** Chunks that every frame needs to be decoded. */
const shared = ['PLTE', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT'];

function delayOf(control: Buffer): number {
  const [part, whole] = [control.readUInt16BE(20), control.readUInt16BE(22)];
  return Math.round((part * 1000) / (whole || 100));
}

function frameOf(
  control: Buffer,
  data: readonly Buffer[],
  header: Buffer,
  common: readonly PngChunk[],
): ApngFrame {
  const ihdr = Buffer.from(header);
  control.copy(ihdr, 0, 4, 12);
  return {
    width: control.readUInt32BE(4),
    height: control.readUInt32BE(8),
    left: control.readUInt32BE(12),
    top: control.readUInt32BE(16),
    delayMs: delayOf(control),
    dispose: control[24] ?? 0,
    over: control[25] === 1,
    png: () =>
      pngOf([
        { type: 'IHDR', data: ihdr },
        ...common,
        { type: 'IDAT', data: Buffer.concat(data) },
        { type: 'IEND', data: Buffer.alloc(0) },
      ]),
  };
}

const corrupt = (what: string): Problem => new Problem('corrupt_image', `Cannot decode APNG: ${what}`);

function checkFrame(
  { width, height, left, top }: ApngFrame,
  canvas: { width: number; height: number },
): void {
  const inside = width > 0 && height > 0 && left + width <= canvas.width && top + height <= canvas.height;
  if (!inside) throw corrupt('a frame lies outside the canvas');
}

/** Far more than any animation has. A file full of empty chunks would take seconds. */
const maxChunks = 100_000;

function chunksIn(input: Buffer): readonly PngChunk[] {
  const all: PngChunk[] = [];
  for (const chunk of chunksOf(input)) {
    if (all.push(chunk) > maxChunks) throw corrupt(`more than ${maxChunks} chunks`);
  }
  return all;
}

/** The frames of an animated PNG, not yet decoded. @throws Problem `corrupt_image`. */
export function readAnimation(input: Buffer): Animation {
  const all = chunksIn(input);
  const header = all.find(({ type }) => type === 'IHDR')?.data;
  const control = all.find(({ type }) => type === 'acTL')?.data;
  if (header?.length !== 13 || (control?.length ?? 0) < 8) throw corrupt('no header');
  const common = all.filter(({ type }) => shared.includes(type));
  const canvas = { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
  const parts: { control: Buffer; data: Buffer[] }[] = [];
  for (const { type, data } of all) {
    if (type === 'fcTL' && data.length >= 26) parts.push({ control: data, data: [] });
    // A picture before the first frame is for viewers without animation.
    if (type === 'IDAT') parts.at(-1)?.data.push(data);
    if (type === 'fdAT' && data.length > 4) parts.at(-1)?.data.push(data.subarray(4));
  }
  const frames = parts
    .filter(({ data }) => data.length > 0)
    .map((part) => frameOf(part.control, part.data, header, common));
  if (frames.length === 0) throw corrupt('no frames');
  for (const frame of frames) checkFrame(frame, canvas);
  const exif = all.find(({ type }) => type === 'eXIf')?.data;
  return { ...canvas, frames, plays: control?.readUInt32BE(4) ?? 0, ...(exif ? { exif } : {}) };
}
