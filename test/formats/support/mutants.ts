import { chunksOf, pngOf, pngSignature } from '../../../engine/formats/apng/chunks.ts';

type Next = () => number;
type Damage = (bytes: Buffer, next: Next) => Buffer;

/** Damage where it hurts: most of a file's structure is at its start. */
const headBytes = 96;
const below = (next: Next, most: number): number => Math.floor(next() * most);
const place = (bytes: Buffer, next: Next): number =>
  below(next, next() < 0.5 ? Math.min(headBytes, bytes.length) : bytes.length);

const extremes = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff];

/** A number of two or four bytes, in either order, as lengths, counts and offsets are written. */
function extreme(bytes: Buffer, next: Next): Buffer {
  const width = next() < 0.5 ? 2 : 4;
  if (bytes.length < width) return bytes;
  const at = Math.min(place(bytes, next), bytes.length - width);
  const value = (extremes[below(next, extremes.length)] ?? 0) % 256 ** width;
  if (next() < 0.5) bytes.writeUIntLE(value, at, width);
  else bytes.writeUIntBE(value, at, width);
  return bytes;
}

/** Ways to damage a file. */
const damages: readonly Damage[] = [
  (bytes, next) => {
    bytes[place(bytes, next)] = below(next, 256);
    return bytes;
  },
  (bytes, next) => {
    const at = place(bytes, next);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(next, 8));
    return bytes;
  },
  (bytes, next) => bytes.subarray(0, place(bytes, next)),
  extreme,
  extreme,
  (bytes, next) => Buffer.concat([bytes.subarray(0, place(bytes, next)), bytes.subarray(place(bytes, next))]),
];

const isPng = (bytes: Buffer): boolean => bytes.subarray(0, pngSignature.length).equals(pngSignature);

/** A file damaged in one to three ways. Half of the PNGs get right checksums, so that decoders read on. */
export function mutantOf(original: Buffer, next: Next): Buffer {
  let bytes = Buffer.from(original);
  for (let count = 1 + below(next, 3); count > 0 && bytes.length > 0; count -= 1) {
    const damage = damages[below(next, damages.length)];
    if (damage) bytes = Buffer.from(damage(bytes, next));
  }
  return isPng(bytes) && next() < 0.5 ? pngOf([...chunksOf(bytes)]) : bytes;
}
