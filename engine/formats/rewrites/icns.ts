import { Problem } from '../../../common/problem.ts';
import { has } from '../sniff/bytes.ts';
import { rgbaPam } from './pam.ts';
import type { MagickInput } from './rewrite.ts';

/** Old pictures of three packed planes, by type: their side, and the type of their opacity. */
const packed: Readonly<Record<string, readonly [side: number, mask: string]>> = {
  it32: [128, 't8mk'],
  ih32: [48, 'h8mk'],
  il32: [32, 'l8mk'],
  icp5: [32, ''],
  is32: [16, 's8mk'],
  icp4: [16, ''],
};
/** Pictures of four packed planes, opacity first. */
const packedWithOpacity: Readonly<Record<string, number>> = { ic05: 32, icsb: 18, ic04: 16 };

/** The pictures of a file by type; later ones of a type replace earlier ones. */
function entriesOf(data: Buffer): ReadonlyMap<string, Buffer> {
  const entries = new Map<string, Buffer>();
  for (let at = 8; at + 8 <= data.length; ) {
    const length = data.readUInt32BE(at + 4);
    if (length < 8) break;
    entries.set(data.toString('latin1', at, at + 4), data.subarray(at + 8, at + length));
    at += length;
  }
  return entries;
}

/** Runs: from 128 on a byte says how often the next one stands, below how many bytes follow it. */
function unpack(stored: Buffer, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let at = 0;
  for (let made = 0; made < length && at < stored.length; ) {
    const first = stored[at] ?? 0;
    const count = Math.min(first >= 128 ? first - 125 : first + 1, length - made);
    if (first >= 128) bytes.fill(stored[at + 1] ?? 0, made, made + count);
    else stored.copy(bytes, made, at + 1, at + 1 + count);
    made += count;
    at += first >= 128 ? 2 : count + 1;
  }
  return bytes;
}

type Picture = MagickInput & { readonly side: number };

/** Planes one after another, as pixels; `order` says which plane red, green, blue and opacity are. */
function fromPlanes(planes: Buffer, side: number, order: readonly number[]): Picture {
  const area = side * side;
  const pixels = Buffer.alloc(area * 4, 255);
  for (const [channel, plane] of order.entries())
    for (let index = 0; index < area; index += 1)
      pixels[index * 4 + channel] = planes[plane * area + index] ?? 255;
  return { coder: 'PAM', data: rgbaPam(pixels, side, side), side };
}

const jpeg2000 = ['\0\0\0\x0cjP  ', '\xff\x4f\xff\x51'];

/** A picture that any program reads; undefined where this one cannot. */
function pictureOf(type: string, body: Buffer, entries: ReadonlyMap<string, Buffer>): Picture | undefined {
  if (has(body, '\x89PNG') && body.length > 24)
    return { coder: 'PNG', data: body, side: body.readUInt32BE(16) };
  const boxed = body.indexOf('ihdr');
  if (has(body, jpeg2000[0] ?? '') && boxed > 0 && boxed + 12 <= body.length)
    return { coder: 'JP2', data: body, side: body.readUInt32BE(boxed + 8) };
  if (has(body, jpeg2000[1] ?? '') && body.length > 12)
    return { coder: 'J2K', data: body, side: body.readUInt32BE(8) };
  const four = packedWithOpacity[type];
  if (four !== undefined && has(body, 'ARGB'))
    return fromPlanes(unpack(body.subarray(4), four * four * 4), four, [1, 2, 3, 0]);
  const [side, mask = ''] = packed[type] ?? [];
  if (side === undefined) return undefined;
  const start = type === 'it32' && body.readUInt32BE(0) === 0 ? 4 : 0;
  const area = side * side;
  const colours = body.length === area * 3 ? body : unpack(body.subarray(start), area * 3);
  const opacity = entries.get(mask);
  const planes = Buffer.concat([colours, opacity?.length === area ? opacity : Buffer.alloc(area, 255)]);
  return fromPlanes(planes, side, [0, 1, 2, 3]);
}

/** Chooses the largest picture of an icon of macOS. */
export const chooseIcon = (data: Buffer): MagickInput => {
  const entries = entriesOf(data);
  const pictures = [...entries].flatMap(([type, body]) =>
    body.length >= 4 ? (pictureOf(type, body, entries) ?? []) : [],
  );
  const [largest] = pictures.toSorted((one, other) => other.side - one.side);
  if (largest === undefined)
    throw new Problem(
      'corrupt_image',
      'Cannot decode image: ICNS has no picture in 24 bits, PNG or JPEG 2000',
    );
  return { coder: largest.coder, data: largest.data };
};
