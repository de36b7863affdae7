import { Problem } from '../../../common/problem.ts';
import { has } from '../sniff/bytes.ts';
import { rgbaPam, rgbPpm } from './pam.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

/** Blocks of one channel or two (BC4, BC5); `isSigned`: from -127 to 127. */
interface Kind {
  readonly channels: 1 | 2;
  readonly isSigned: boolean;
}

const one: Kind = { channels: 1, isSigned: false };
const oneSigned: Kind = { channels: 1, isSigned: true };
const twoSigned: Kind = { channels: 2, isSigned: true };

/** What ImageMagick does not read, by the four letters of a header, and by number in the longer header (DXGI). */
const letters: Readonly<Record<string, Kind>> = { ATI1: one, BC4U: one, BC4S: oneSigned, BC5S: twoSigned };
const numbers: Readonly<Record<number, Kind>> = { 79: one, 80: one, 81: oneSigned, 84: twoSigned };

/** Kinds that ImageMagick reads, by DXGI number: eight bits a sample and less, and blocks of such. */
const plain: ReadonlySet<number> = new Set([24, 28, 61, 71, 74, 77, 83, 85, 86, 87, 88, 98, 99]);

/** Numbers of the same pixels without a meaning, or in sRGB: ImageMagick knows the plain one only. */
const plainNumber: Readonly<Record<number, number>> = {
  ...{ 27: 28, 29: 28, 60: 61, 70: 71, 72: 71, 73: 74, 75: 74, 76: 77, 78: 77, 82: 83 },
  ...{ 90: 87, 91: 87, 92: 88, 93: 88, 97: 98 },
};

/** @throws Problem `unsupported_input` for floating point (as BC6H), sixteen bits, palettes and video. */
function checkNumber(number: number): void {
  if (plain.has(plainNumber[number] ?? number) || numbers[number]) return;
  throw new Problem(
    'unsupported_input',
    `DDS: pixels of the kind ${number} of DXGI cannot be read; only those of 8 bits a sample can`,
  );
}

const headerBytes = 128;
const longHeaderBytes = headerBytes + 20;

function kindOf(data: Buffer): { readonly kind: Kind; readonly start: number } | undefined {
  if (!has(data, 'DDS ') || data.length < headerBytes) return undefined;
  const code = data.toString('latin1', 84, 88);
  const isLong = code === 'DX10' && data.length >= longHeaderBytes;
  if (isLong) checkNumber(data.readUInt32LE(headerBytes));
  const kind = isLong ? numbers[data.readUInt32LE(headerBytes)] : letters[code];
  return kind && { kind, start: isLong ? longHeaderBytes : headerBytes };
}

/** The eight levels of a block, from 0 to 255 (Direct3D, BC4). */
function levelsOf(first: number, second: number, least: number, most: number): readonly number[] {
  const [a, b] = [Math.max(first, least), Math.max(second, least)];
  const mixed =
    first > second
      ? [1, 2, 3, 4, 5, 6].map((part) => ((7 - part) * a + part * b) / 7)
      : [...[1, 2, 3, 4].map((part) => ((5 - part) * a + part * b) / 5), least, most];
  return [a, b, ...mixed].map((level) => Math.round((255 * (level - least)) / (most - least)));
}

/** Sixteen samples of eight bytes: two levels, then three bits a sample. */
function samplesOf(data: Buffer, at: number, isSigned: boolean): readonly number[] {
  const levels = isSigned
    ? levelsOf(data.readInt8(at), data.readInt8(at + 1), -127, 127)
    : levelsOf(data.readUInt8(at), data.readUInt8(at + 1), 0, 255);
  const bits = [data.readUIntLE(at + 2, 3), data.readUIntLE(at + 5, 3)];
  return Array.from(
    { length: 16 },
    (_, index) => levels[((bits[index >> 3] ?? 0) >> (3 * (index & 7))) & 7] ?? 0,
  );
}

const luminance = 0x20000;
const [alpha, rgb] = [1, 0x40];

/** Exchanges red and blue where red comes first: ImageMagick takes the first of three bytes for blue. */
function blueFirst(data: Buffer): Buffer {
  if (data.length < headerBytes || (data.readUInt32LE(80) & rgb) === 0) return data;
  const bytes = data.readUInt32LE(88) / 8;
  const isRedFirst = data.readUInt32LE(92) === 0xff && data.readUInt32LE(100) === 0xff0000;
  if (!isRedFirst || (bytes !== 3 && bytes !== 4)) return data;
  const copy = Buffer.from(data);
  copy.writeUInt32LE(0xff0000, 92);
  copy.writeUInt32LE(0xff, 100);
  for (let at = headerBytes; at + bytes <= copy.length; at += bytes) {
    copy[at] = data[at + 2] ?? 0;
    copy[at + 2] = data[at] ?? 0;
  }
  return copy;
}

/** Pixels without blocks as the shorter header describes them: flags, bits, masks of red, green, blue, opacity. */
const masks: Readonly<Record<number, readonly number[]>> = {
  28: [rgb | alpha, 0, 32, 0xff, 0xff00, 0xff0000, 0xff000000],
  61: [luminance, 0, 8, 0xff, 0, 0, 0],
  87: [rgb | alpha, 0, 32, 0xff0000, 0xff00, 0xff, 0xff000000],
  88: [rgb, 0, 32, 0xff0000, 0xff00, 0xff, 0],
};

/** Writes what ImageMagick knows: another number of the same blocks, or the shorter header. */
function simplifyHeader(data: Buffer): Buffer {
  if (!has(data, 'DX10', 84) || data.length < longHeaderBytes) return data;
  const number = data.readUInt32LE(headerBytes);
  const known = plainNumber[number] ?? number;
  const copy = Buffer.from(data);
  copy.writeUInt32LE(known, headerBytes);
  for (const [index, value] of (masks[known] ?? []).entries()) copy.writeUInt32LE(value, 80 + index * 4);
  return masks[known] ? Buffer.concat([copy.subarray(0, headerBytes), copy.subarray(longHeaderBytes)]) : copy;
}

/** Sixteen bits a pixel of grey and opacity, which ImageMagick takes for one number; undefined for other surfaces. */
function greyWithOpacity(data: Buffer, maxPixels: number): Buffer | undefined {
  if (!has(data, 'DDS ') || data.length < headerBytes) return undefined;
  const isGrey = (data.readUInt32LE(80) & luminance) !== 0 && data.readUInt32LE(80) % 2 === 1;
  if (!isGrey || data.readUInt32LE(88) !== 16 || data.readUInt32LE(92) !== 0xff) return undefined;
  const [height, width] = [data.readUInt32LE(12), data.readUInt32LE(16)];
  checkPixels(width, height, maxPixels);
  const pixels = data.subarray(headerBytes, headerBytes + width * height * 2);
  if (pixels.length < width * height * 2)
    throw new Problem('corrupt_image', 'Cannot decode image: DDS ends before its last pixel');
  const colours = Buffer.alloc(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    colours.fill(pixels[at * 2] ?? 0, at * 4, at * 4 + 3);
    colours[at * 4 + 3] = pixels[at * 2 + 1] ?? 0;
  }
  return rgbaPam(colours, width, height);
}

/** Blocks of one channel become grey, those of two red and green. */
export const rewriteDds: Rewrite = (data, { maxPixels }) => {
  const grey = greyWithOpacity(data, maxPixels);
  if (grey) return { coder: 'PAM', data: grey };
  const found = kindOf(data);
  if (found === undefined) return { data: blueFirst(simplifyHeader(data)) };
  const { channels, isSigned } = found.kind;
  const [height, width] = [data.readUInt32LE(12), data.readUInt32LE(16)];
  checkPixels(width, height, maxPixels);
  const across = Math.ceil(width / 4);
  if (
    width === 0 ||
    height === 0 ||
    data.length < found.start + across * Math.ceil(height / 4) * 8 * channels
  )
    throw new Problem('corrupt_image', 'Cannot decode image: DDS ends before its last pixel');
  // What is not stored is 0, which is the middle of signed samples.
  const pixels = Buffer.alloc(width * height * 3, isSigned ? 128 : 0);
  for (let block = 0; block < across * Math.ceil(height / 4); block += 1)
    for (let channel = 0; channel < channels; channel += 1) {
      const samples = samplesOf(data, found.start + (block * channels + channel) * 8, isSigned);
      for (const [index, sample] of samples.entries()) {
        const [x, y] = [(block % across) * 4 + (index & 3), Math.floor(block / across) * 4 + (index >> 2)];
        if (x >= width || y >= height) continue;
        const to = (y * width + x) * 3 + channel;
        pixels.fill(sample, to, channels === 1 ? to + 3 : to + 1);
      }
    }
  return { coder: 'PPM', data: rgbPpm(pixels, width, height) };
};
