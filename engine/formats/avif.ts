import type { Format } from '../format.ts';
import { bySharp, has } from './encoder.ts';

/** AVIF's scale is its own: this looks like 80 in JPEG. */
const usualQuality = 60;

export const avif: Format = {
  name: 'avif',
  mime: 'image/avif',
  extensions: ['avif'],
  reads: true,
  writes: true,
  animated: false,
  alpha: true,
  engine: 'sharp',
  sniff: (head) => has(head, 'ftyp', 4) && ['avif', 'avis'].some((brand) => brands(head).includes(brand)),
  encode: bySharp((image, { quality = usualQuality, lossless = false, effort, avifEffort }) =>
    image.avif({ quality, lossless, effort: Math.min(effort ?? avifEffort, 9) }),
  ),
};

/** The brands of an ISO base media file: the major one, then the compatible ones (ISO/IEC 14496-12, 4.3). */
function brands(head: Buffer): readonly string[] {
  const end = Math.min(head.readUInt32BE(0), head.length);
  const at = [8, ...Array.from({ length: Math.max(0, Math.floor((end - 16) / 4)) }, (_, i) => 16 + 4 * i)];
  return at.map((offset) => head.toString('latin1', offset, offset + 4));
}
